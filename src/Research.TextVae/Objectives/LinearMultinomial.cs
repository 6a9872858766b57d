using Research.TextVae.Models;
using static TorchSharp.torch;

namespace Research.TextVae.Objectives;

/// <summary>
/// Linear projection to the vocabulary and the likelihood of a document's word counts in one step, as
/// <see cref="LinearCrossEntropy"/> does it for single tokens: the cost is that of one row of logits a document.
/// </summary>
internal static class LinearMultinomial
{
    /// <param name="input">[batch, hidden].</param>
    /// <param name="weight">[vocabulary, hidden].</param>
    /// <param name="bias">[vocabulary], or none.</param>
    /// <param name="bags">The documents.</param>
    /// <returns>The sum of the losses (a scalar with gradient) and each document's loss [batch] in nats, without gradient.</returns>
    // The mean over documents is what is trained.
    public static (Tensor Total, Tensor PerDocument) Of(Tensor input, Tensor weight, Tensor? bias, BagOfWords bags) =>
        Backend.LinearMultinomial(input, weight, bias, bags.Words, bags.Counts.to_type(input.dtype), bags.Offsets, expectedGradient: 1.0 / bags.Size)
        ?? Composed(input, weight, bias, bags);

    /// <summary>The same in standard operators: what the kernel is tested against, and what serves CUDA.</summary>
    // −Σ_v c_v log softmax(l)_v = (Σ_v c_v) log Σ_v exp(l_v) − Σ_v c_v l_v, the last sum over the words that occur
    internal static (Tensor Total, Tensor PerDocument) Composed(Tensor input, Tensor weight, Tensor? bias, BagOfWords bags)
    {
        var logits = nn.functional.linear(input, weight, bias);
        var picked = logits.flatten().index_select(0, bags.Documents * weight.shape[0] + bags.Words); // [entries]
        var scores = zeros(bags.Size, dtype: logits.dtype, device: logits.device)
            .index_add(0, bags.Documents, picked * bags.Counts.to_type(logits.dtype), 1);
        var losses = bags.Lengths.to_type(logits.dtype) * logits.logsumexp(1) - scores;
        return (losses.sum(), losses.detach());
    }
}
