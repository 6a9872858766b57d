using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Kernels;

/// <summary>
/// Backward passes that put the gradients of weights where they belong at once. What a function of our own returns to autograd is copied
/// into <c>grad</c>, because its managed wrapper still holds it; the tables of a language model make that a tenth of a step.
/// </summary>
/// <remarks>Only for <c>backward</c>, within <see cref="Backward"/>: <c>autograd.grad</c> and an ordinary <c>backward</c> take the ordinary
/// way.</remarks>
public sealed class DirectGradient
{
    [ThreadStatic]
    private static bool _active;

    private readonly Tensor _leaf;

    private DirectGradient(Tensor leaf) => _leaf = leaf;

    /// <summary>The gradients of a loss, added to those that its parameters have.</summary>
    /// <param name="loss">A scalar with gradient.</param>
    public static void Backward(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        _active = true;
        try
        {
            loss.backward();
        }
        catch (ExternalException)
        {
            BackwardPass.ThrowFailure();
            throw;
        }
        finally
        {
            _active = false;
            BackwardPass.Release();
        }
    }

    /// <summary>Where the gradient of this tensor belongs; null for what is no parameter.</summary>
    internal static DirectGradient? TryCreate(Tensor? tensor) => tensor is { requires_grad: true, is_leaf: true } ? new(tensor) : null;

    /// <summary>What to return to autograd: nothing when the parameter has taken the gradient.</summary>
    internal static Tensor? Give(DirectGradient? place, Tensor? gradient)
    {
        if (!_active || place is null || gradient is null)
            return gradient;
        using var _ = no_grad();
        if (place._leaf.grad is { } before)
            before.add_(gradient);
        else
            place._leaf.grad = gradient;
        return null;
    }
}
