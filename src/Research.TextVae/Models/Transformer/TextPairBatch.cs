using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>Texts with what is to be written from them: translations, summaries.</summary>
/// <param name="Source">What is read, <c>w₁ … wₙ &lt;/s&gt; &lt;pad&gt;</c>; int64 [batch, source].</param>
/// <param name="SourceLengths">Its tokens, <c>&lt;/s&gt;</c> included; int64 [batch].</param>
/// <param name="Target">What is written.</param>
public sealed record TextPairBatch(Tensor Source, Tensor SourceLengths, TextBatch Target)
{
    /// <summary>Pairs sentence i of both batches.</summary>
    public static TextPairBatch From(TokenBatch source, TokenBatch target, Device device)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        if (source.Size != target.Size)
            throw new ArgumentException($"{source.Size} sources and {target.Size} targets are not pairs.", nameof(target));
        var read = TextBatch.From(source, device);
        return new TextPairBatch(read.Targets, read.Lengths, TextBatch.From(target, device));
    }

    /// <summary>The pairs of these places.</summary>
    public static TextPairBatch From(EncodedPairs pairs, int[] indices, Device device)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return From(TokenBatch.From(pairs.Source, indices), TokenBatch.From(pairs.Target, indices), device);
    }
}
