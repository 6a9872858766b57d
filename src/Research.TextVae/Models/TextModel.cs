using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>
/// An autoregressive model of text, p(x) = Πₜ p(xₜ | x₍&lt;t₎, …): whatever writes one token after another. What the first state is
/// made of (nothing, a code z, another text) is the matter of each kind.
/// </summary>
public abstract class AutoregressiveModel(string name, int vocabulary) : nn.Module(name), IHasPrecision
{
    /// <summary>Tokens in the vocabulary, the special ones included.</summary>
    public int VocabularySize { get; } = vocabulary;

    /// <inheritdoc/>
    public Precision Precision { get; set; }

    /// <summary>The device the weights are on.</summary>
    public Device Device => parameters().First().device;

    /// <summary>Reads one token of each sentence and gives the logits of the next.</summary>
    /// <param name="tokens">int64 [batch].</param>
    /// <param name="state">The state before these tokens.</param>
    /// <returns>Logits [batch, vocabulary] and the state after the tokens.</returns>
    public abstract (Tensor Logits, DecoderState State) DecodeStep(Tensor tokens, DecoderState state);

    /// <summary>A decoding run from this state on; what it prepares costs as much as a few tokens and makes the others cheaper.</summary>
    /// <param name="state">The state before the first token.</param>
    public virtual DecodingSession StartSession(DecoderState state) => new StepwiseSession(this, state);
}
