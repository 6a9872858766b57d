using Research.TextVae.Support;
using Research.TextVae.Text;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>A language model: p(x) = Πₜ p(xₜ | x₍&lt;t₎).</summary>
/// <param name="name">Name of the module.</param>
/// <param name="vocabulary">Number of tokens in the vocabulary, the special ones included.</param>
[TypeFormatterSource(typeof(DescriptionFormatters), PreferredMimeTypes = [DescriptionFormatters.Html])]
public abstract class LanguageModel(string name, int vocabulary) : nn.Module(name), IAutoregressiveModel, IDescribed
{
    /// <inheritdoc/>
    public int VocabularySize { get; } = vocabulary;

    /// <inheritdoc/>
    public Device Device => parameters().First().device;

    Description IDescribed.Describe() => ModelParts.Describe(this, ("vocabulary", $"{VocabularySize:n0}"));

    /// <summary>−log p(x) with the true tokens as history (teacher forcing).</summary>
    /// <param name="batch">The texts x.</param>
    public abstract TokenLosses NegativeLogLikelihood(TextBatch batch);

    /// <summary>The state before the first token.</summary>
    /// <param name="size">Number of texts to be generated side by side.</param>
    public abstract DecoderState StartDecoding(long size);

    /// <inheritdoc/>
    public abstract (Tensor Logits, DecoderState State) DecodeStep(Tensor tokens, DecoderState state);

    /// <inheritdoc/>
    public virtual DecodingSession StartSession(DecoderState state) => new StepwiseSession(this, state);
}

/// <summary>A language model's configuration.</summary>
public abstract record LanguageModelConfig : ModelConfig
{
    /// <inheritdoc/>
    public abstract override LanguageModel Build(int size);
}
