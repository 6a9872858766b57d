using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Compression;

/// <summary>What magnitude pruning alone, without training again, does to a language model.</summary>
public static class SparsityCurve
{
    /// <summary>−log p of sentences by the share of weights that are set to zero, in nats per sentence.</summary>
    /// <param name="model">The model; it has its own weights again afterwards.</param>
    /// <param name="shares">The shares, each from 0 to 1.</param>
    /// <param name="scope">What the weights are compared with.</param>
    /// <param name="sentences">The sentences.</param>
    /// <param name="progress">Called before each share with its number, from 0.</param>
    public static IReadOnlyList<double> Evaluate(
        LanguageModel model,
        IReadOnlyList<double> shares,
        PruningScope scope,
        EncodedSentences sentences,
        Action<int>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(shares);
        using var disposal = NewDisposeScope();
        using var _ = no_grad();
        var original = model.parameters().Select(weight => (Weight: weight, Value: weight.clone())).ToArray();
        double Nll(double share, int number)
        {
            progress?.Invoke(number);
            using var pruning = MagnitudePruning.Prune(model, share, scope);
            var nll = Likelihood.Evaluate(model, sentences).Nll;
            foreach (var (weight, value) in original)
                weight.copy_(value);
            return nll;
        }

        return [.. shares.Select(Nll)];
    }
}
