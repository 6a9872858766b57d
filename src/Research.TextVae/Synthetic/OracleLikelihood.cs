using Research.TextVae.Tokenizers;
using static TorchSharp.torch;

namespace Research.TextVae.Synthetic;

/// <summary>How probable texts of a model are under the source that it has learned from.</summary>
public static class OracleLikelihood
{
    /// <summary>Mean −log p(x) of texts under an oracle, by quadrature over its code, in nats per sentence.</summary>
    /// <param name="oracle">The source.</param>
    /// <param name="texts">Token ids; each text has as many tokens as sentences of the source.</param>
    /// <param name="grid">The points of the quadrature.</param>
    public static double Nll(this LstmOracle oracle, IEnumerable<int[]> texts, CodeGrid grid)
    {
        ArgumentNullException.ThrowIfNull(oracle);
        ArgumentNullException.ThrowIfNull(grid);
        using var scope = NewDisposeScope();
        long[] ids = [.. texts.SelectMany(text => text.Select(id => (long)id).Append(Vocabulary.EosId))];
        var targets = tensor(ids).reshape(-1, oracle.Length + 1); // [texts, time]
        return grid.Nll(oracle.LogLikelihood(targets, grid.Codes)).mean().item<double>();
    }
}
