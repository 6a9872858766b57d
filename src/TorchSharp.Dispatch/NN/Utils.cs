using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class utils
        {
            /// <summary>
            /// Scales the gradients in place so that the norm of all of them together is at most <paramref name="max_norm"/>.
            /// </summary>
            /// <returns>The norm before.</returns>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2.0)
            {
                using var inference = no_grad();
                using var scope = NewDisposeScope();
                var gradients = tensors.Select(parameter => parameter.grad).OfType<Tensor>().ToArray();
                if (gradients.Length == 0)
                    return 0;
                if (norm_type == 2 && FusedKernels.HasClipGradNorm && gradients.All(gradient => gradient.is_cpu()))
                    return FusedKernels.ClipGradNorm(gradients, max_norm).to(ScalarType.Float64).item<double>();
                var norms = stack(gradients.Select(gradient => Norm(gradient, norm_type)).ToArray());
                var total = Norm(norms, norm_type).to(ScalarType.Float64).item<double>();
                var scale = max_norm / (total + 1e-6);
                // Also when the norm is not a number, which must reach the gradients.
                if (!(scale >= 1))
                    foreach (var gradient in gradients)
                        gradient.mul_(scale);
                return total;
            }

            /// <summary>Limits each element of the gradients in place to ±<paramref name="clip_value"/>.</summary>
            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                using var inference = no_grad();
                using var scope = NewDisposeScope();
                foreach (var parameter in tensors)
                    parameter.grad?.clamp_(-clip_value, clip_value);
            }

            private static Tensor Norm(Tensor tensor, double p) =>
                double.IsPositiveInfinity(p) ? tensor.abs().max() : tensor.norm((float)p);
        }
    }
}
