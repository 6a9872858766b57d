using Research.TextVae.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>Words hidden at random, as input only: what is predicted stays whole.</summary>
internal static class WordDropout
{
    /// <summary>Replaces each word but the markers by <c>&lt;unk&gt;</c> with a probability.</summary>
    /// <param name="tokens">int64 [batch, time].</param>
    /// <param name="probability">Share of the words.</param>
    public static Tensor Apply(Tensor tokens, double probability)
    {
        if (probability == 0)
            return tokens;
        var hidden = rand(tokens.shape, device: tokens.device).lt(probability).logical_and(tokens.gt((long)Tokenizers.Vocabulary.UnkId));
        return tokens.masked_fill(hidden, Tokenizers.Vocabulary.UnkId);
    }
}
