using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>
/// Takes the next token of each text. The filters that the native operator knows, at the end of the list, are its matter; those before
/// apply one by one.
/// </summary>
internal sealed class TokenChoice
{
    private readonly DecodingOptions options;
    private readonly int before;
    private readonly FusedSampling draw;
    private readonly Tensor never;

    public TokenChoice(DecodingOptions options, int vocabulary)
    {
        this.options = options;
        (before, draw) = FusedSampling.Of(options);
        never = torch.tensor(options.Never(vocabulary)); // [vocabulary]
    }

    /// <param name="logits">[batch, vocabulary], on the CPU.</param>
    /// <param name="written">The tokens of each text so far.</param>
    /// <param name="uniforms">A number in [0, 1) for each text.</param>
    /// <returns>A token of each text; <c>&lt;pad&gt;</c> where nothing can be taken.</returns>
    public long[] Next(Tensor logits, Func<IReadOnlyList<IReadOnlyList<int>>> written, double[] uniforms)
    {
        var draws = torch.tensor(uniforms);
        if (before > 0)
            logits = Filtered(logits + never, written(), 0, before);
        var chosen = Backend.SampleTokens(logits, never, draws, draw)
            ?? Composed(Filtered(logits + never, written(), before, options.Filters.Count), draws);
        return chosen.data<long>().ToArray();
    }

    /// <summary>The same draw of tensor operators alone.</summary>
    internal Tensor Composed(Tensor logits, Tensor uniforms)
    {
        if (options.Likeliest)
            return logits.argmax(1);
        // Inverse transform sampling: the first token whose cumulative probability exceeds u ~ U[0, 1).
        var cumulative = logits.to_type(ScalarType.Float64).softmax(1).cumsum(1); // [batch, vocabulary]
        var total = cumulative.narrow(1, cumulative.shape[1] - 1, 1);
        return cumulative.le(uniforms.unsqueeze(1) * total).sum(1);
    }

    private Tensor Filtered(Tensor logits, IReadOnlyList<IReadOnlyList<int>> written, int first, int end)
    {
        for (var i = first; i < end; i++)
            logits = options.Filters[i].Apply(logits, written);
        return logits;
    }
}
