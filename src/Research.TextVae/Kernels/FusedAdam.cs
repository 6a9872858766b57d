using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Kernels;

/// <summary>
/// Adam (Kingma and Ba 2015, algorithm 1) that goes through memory once for each parameter; its state is <see cref="Adam"/>'s, and where
/// the kernel does not serve it is <see cref="Adam"/>.
/// </summary>
/// <param name="parameters">What it changes.</param>
/// <param name="lr">The learning rate.</param>
/// <param name="beta1">Decay of the gradient's running mean.</param>
/// <param name="beta2">Decay of the running mean of its square.</param>
/// <param name="eps">Added to the denominator.</param>
/// <param name="weight_decay">Times the weights, added to the gradient.</param>
public sealed unsafe partial class FusedAdam(
    IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
    double weight_decay = 0)
    : Adam(parameters, lr, beta1, beta2, eps, weight_decay)
{
    /// <inheritdoc/>
    public override Tensor step(Func<Tensor>? closure = null)
    {
        var all = _parameter_groups.SelectMany(group => group.Parameters).ToList();
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var gradients = all.ConvertAll(parameter => parameter.grad);
        if (closure is not null || !all.Zip(gradients).All(pair => pair.Second is null || CanRun(pair.First, pair.Second)))
            return base.step(closure);
        var next = 0;
        foreach (var group in _parameter_groups)
        {
            var options = (Options)group.Options;
            var moments = new List<(Parameter Parameter, Tensor Gradient, State State)>();
            foreach (var parameter in group.Parameters)
                if (gradients[next++] is { } gradient)
                    moments.Add((parameter, KernelLibrary.Dense(gradient), (State)_state[parameter.Handle]));
            foreach (var (_, _, state) in moments)
                state.step++;
            foreach (var same in moments.GroupBy(entry => entry.State.step))
                Update([.. same], options, same.Key);
        }

        return null!;
    }

    private static bool CanRun(Tensor parameter, Tensor gradient) =>
        KernelLibrary.Serves(parameter) && parameter.is_contiguous() && gradient.dtype == ScalarType.Float32 && !gradient.is_sparse;

    private static void Update(IReadOnlyList<(Parameter Parameter, Tensor Gradient, State State)> moments, Options options, long step)
    {
        var count = moments.Count;
        var pointers = stackalloc float*[4 * count];
        var sizes = stackalloc long[count];
        for (var i = 0; i < count; i++)
        {
            var (parameter, gradient, state) = moments[i];
            pointers[i] = KernelLibrary.Floats(parameter);
            pointers[count + i] = KernelLibrary.Floats(gradient);
            pointers[2 * count + i] = KernelLibrary.Floats(state.exp_avg);
            pointers[3 * count + i] = KernelLibrary.Floats(state.exp_avg_sq);
            sizes[i] = parameter.numel();
        }

        var adam = new Hyperparameters(
            options.LearningRate!.Value, options.beta1!.Value, options.beta2!.Value, options.eps!.Value, options.weight_decay!.Value, step);
        KernelLibrary.Check(
            textvae_adam_step(get_num_threads(), &adam, count, pointers, pointers + count, pointers + (2 * count), pointers + (3 * count),
                sizes));
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Hyperparameters(
        double LearningRate, double Beta1, double Beta2, double Epsilon, double WeightDecay, long Step);

    [LibraryImport(KernelLibrary.Name)]
    private static partial int textvae_adam_step(int threads, Hyperparameters* options, long count, float** parameters, float** gradients,
        float** first, float** second, long* sizes);
}
