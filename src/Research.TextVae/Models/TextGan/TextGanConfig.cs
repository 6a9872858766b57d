using System.Text.Json.Serialization;

namespace Research.TextVae.Models;

/// <summary>A generative adversarial network for text: a recurrent generator before a convolutional discriminator.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TextGanConfig : LanguageModelConfig
{
    /// <summary>The generator: a language model, which maximum likelihood can train first.</summary>
    public RecurrentLmConfig Generator { get; init; } = new();

    /// <summary>Width of the discriminator's own word vectors.</summary>
    public int DiscriminatorEmbedding { get; init => field = Require.AtLeast(1, value); } = 64;

    /// <summary>Filters of the discriminator for windows of each width.</summary>
    public int Filters { get; init => field = Require.AtLeast(1, value); } = 100;

    /// <summary>Share of the filters' answers that dropout zeroes in training.</summary>
    public double DiscriminatorDropout { get; init => field = Require.Within(0, 0.99, value); } = 0.25;

    /// <summary>Whole words are written, with the gradient of relaxed ones; otherwise the discriminator sees the relaxed words.</summary>
    public bool StraightThrough { get; init; } = true;

    /// <inheritdoc/>
    public override TextGan Build(int vocabulary) => new(this, vocabulary);
}
