using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Kernels;

/// <summary>Clipping of gradients by their common Euclidean norm (Pascanu et al. 2013).</summary>
public static unsafe partial class GradientNorm
{
    /// <summary>Scales the gradients in place so that their norm is at most <paramref name="maxNorm"/>.</summary>
    /// <returns>The norm before.</returns>
    public static double Clip(IEnumerable<Parameter> parameters, double maxNorm)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var gradients = parameters.Select(parameter => parameter.grad).OfType<Tensor>().ToArray();
        if (gradients.Length == 0)
            return 0;
        var fused = gradients.All(gradient => KernelLibrary.Serves(gradient) && !gradient.is_sparse && gradient.is_contiguous());
        var norm = fused ? Fused(gradients, null) : Reference(gradients);
        var factor = maxNorm / (norm + 1e-6);
        // Also when the norm is not a number, which must reach the gradients.
        if (factor >= 1)
            return norm;
        if (fused)
            Fused(gradients, factor);
        else
            foreach (var gradient in gradients)
                gradient.mul_(factor);
        return norm;
    }

    /// <summary>Multiplies dense float32 tensors by a factor in place.</summary>
    internal static void Scale(Tensor[] tensors, double factor) => Fused(tensors, factor);

    /// <summary>The norm in standard operators.</summary>
    internal static double Reference(IEnumerable<Tensor> gradients) =>
        stack([.. gradients.Select(gradient => gradient.norm())]).norm().to_type(ScalarType.Float64).item<double>();

    // The norm, or what is left after scaling by a factor.
    private static double Fused(Tensor[] gradients, double? factor)
    {
        var pointers = stackalloc float*[gradients.Length];
        var sizes = stackalloc long[gradients.Length];
        for (var i = 0; i < gradients.Length; i++)
        {
            pointers[i] = KernelLibrary.Floats(gradients[i]);
            sizes[i] = gradients[i].numel();
        }

        double norm = 0;
        KernelLibrary.Check(factor is { } scale
            ? textvae_scale(get_num_threads(), gradients.Length, pointers, sizes, scale)
            : textvae_norm(get_num_threads(), gradients.Length, pointers, sizes, &norm));
        return norm;
    }

    [LibraryImport(KernelLibrary.Name)]
    private static partial int textvae_norm(int threads, long count, float** tensors, long* sizes, double* norm);

    [LibraryImport(KernelLibrary.Name)]
    private static partial int textvae_scale(int threads, long count, float** tensors, long* sizes, double factor);
}
