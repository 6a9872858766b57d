using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>A language model without a code: p(x) = Πₜ p(xₜ | x₍&lt;t₎).</summary>
public abstract class LanguageModel(string name, int vocabulary) : AutoregressiveModel(name, vocabulary)
{
    /// <summary>−log p(x) with the true words as history.</summary>
    public abstract TokenLosses NegativeLogLikelihood(TextBatch batch);

    /// <summary>The state before the first token.</summary>
    /// <param name="size">Sentences to be written side by side.</param>
    public abstract DecoderState StartDecoding(long size);
}

/// <summary>A language model's configuration.</summary>
public abstract record LanguageModelConfig : ModelConfig
{
    /// <inheritdoc/>
    public abstract override LanguageModel Build(int vocabulary);
}
