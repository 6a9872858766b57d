using System.Runtime.ExceptionServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Kernels;

/// <summary>
/// One call of a function's <c>backward</c>, which gives memory back as soon as nobody needs it. Tensors that TorchSharp makes in a
/// backward pass would otherwise live until the training step's dispose scope ends: all gradients of all activations at once.
/// </summary>
internal sealed class BackwardPass : IDisposable
{
    // What the pass before has returned: autograd has taken it over by the time it calls the next one on this thread.
    [ThreadStatic]
    private static List<Tensor>? _returned;

    [ThreadStatic]
    private static ExceptionDispatchInfo? _failure;

    private readonly DisposeScope _scope;
    private readonly IEnumerable<Tensor> _upstream;

    /// <param name="upstream">The gradients that autograd has handed in; they are disposed of in the end.</param>
    public BackwardPass(params IEnumerable<Tensor> upstream)
    {
        Release();
        _upstream = upstream;
        _scope = NewDisposeScope();
    }

    /// <summary>
    /// The gradients that a backward pass gives, or, when it fails, some that autograd refuses: an exception of ours in the middle of
    /// LibTorch would end the process, one of LibTorch's reaches the caller of <c>backward</c>.
    /// </summary>
    /// <param name="operands">How many of the function's arguments can have a gradient; they come first.</param>
    /// <param name="others">How many more there are.</param>
    /// <param name="gradients">Of all arguments.</param>
    public static List<Tensor> Guard(int operands, int others, Func<List<Tensor>> gradients)
    {
        try
        {
            return gradients();
        }
        catch (Exception failure)
        {
            _failure = ExceptionDispatchInfo.Capture(failure);
            // A number without axes is the gradient of no operand.
            return [.. Enumerable.Range(0, operands).Select(_ => tensor(float.NaN)), .. Enumerable.Repeat<Tensor>(null!, others)];
        }
    }

    /// <summary>Throws what the last pass that failed on this thread has thrown, if there is one.</summary>
    public static void ThrowFailure()
    {
        var failure = _failure;
        _failure = null;
        failure?.Throw();
    }

    /// <summary>Keeps the gradients that are returned to autograd, absent ones as null, until the next pass begins.</summary>
    public List<Tensor> Return(params IEnumerable<Tensor?> gradients)
    {
        var all = gradients.Select(gradient => gradient!).ToList();
        _returned = all.FindAll(gradient => gradient is not null);
        _scope.Detach(_returned);
        return all;
    }

    /// <summary>Disposes of what the last pass on this thread has returned, once autograd is done.</summary>
    public static void Release()
    {
        foreach (var tensor in _returned ?? [])
            tensor.Dispose();
        _returned = null;
    }

    public void Dispose()
    {
        _scope.Dispose();
        foreach (var gradient in _upstream)
            gradient.Dispose();
    }
}
