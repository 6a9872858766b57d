using Research.TextVae.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Objectives;

/// <summary>
/// Linear projection to the vocabulary and cross-entropy in one step: the most expensive part of training a language
/// model. On the CPU of the system backend a native kernel does it in chunks, so that the logits [tokens, vocabulary]
/// never exist as a whole; elsewhere standard operators do.
/// </summary>
public static class LinearCrossEntropy
{
    /// <summary>−log p of a batch's targets.</summary>
    /// <param name="features">Decoder states [batch, time, features].</param>
    /// <param name="weight">[vocabulary, features].</param>
    /// <param name="bias">[vocabulary], or none.</param>
    /// <param name="batch">The targets and which of them count.</param>
    public static TokenNll Of(Tensor features, Tensor weight, Tensor? bias, TextBatch batch)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(batch);
        // The mean over sentences is what is trained.
        var (total, perToken) = Of(features.flatten(0, 1), weight, bias, batch.Targets.flatten(), batch.Mask.flatten().to_type(features.dtype), 1.0 / batch.Size);
        return new TokenNll(total, perToken.view(batch.Size, batch.Time));
    }

    /// <param name="input">Decoder states [tokens, hidden].</param>
    /// <param name="weight">[vocabulary, hidden].</param>
    /// <param name="bias">[vocabulary], or none.</param>
    /// <param name="target">int64 [tokens].</param>
    /// <param name="tokenWeight">[tokens]; 0 leaves a token out.</param>
    /// <param name="expectedGradient">
    /// The gradient of the sum that its backward pass is expected to bring, not 0: gradients are prepared for it, and only another one costs more.
    /// </param>
    /// <returns>
    /// The sum of the weighted losses (a scalar with gradient) and each token's weighted loss [tokens] in nats, without gradient.
    /// </returns>
    // ℓₙ = −log softmax(W hₙ + b)[targetₙ],   total = Σₙ weightₙ ℓₙ
    public static (Tensor Total, Tensor PerToken) Of(Tensor input, Tensor weight, Tensor? bias, Tensor target, Tensor tokenWeight, double expectedGradient = 1)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(tokenWeight);
        return Backend.LinearCrossEntropy(input, weight, bias, target, tokenWeight, expectedGradient) is { } native
            ? (native.Total, native.PerToken * tokenWeight)
            : Composed(input, weight, bias, target, tokenWeight);
    }

    /// <summary>The same in standard operators: what the kernel is tested against, and what serves CUDA.</summary>
    internal static (Tensor Total, Tensor PerToken) Composed(Tensor input, Tensor weight, Tensor? bias, Tensor target, Tensor tokenWeight)
    {
        var logits = nn.functional.linear(input, weight, bias);
        var losses = nn.functional.cross_entropy(logits, target, reduction: nn.Reduction.None) * tokenWeight;
        return (losses.sum(), losses.detach());
    }
}
