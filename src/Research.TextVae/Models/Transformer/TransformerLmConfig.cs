using System.Text.Json.Serialization;

namespace Research.TextVae.Models;

/// <summary>The decoder-only Transformer language model of Radford et al. 2018, in pre-norm form.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TransformerLmConfig : LanguageModelConfig
{
    /// <summary>Sizes and dropout.</summary>
    public TransformerShape Shape { get; init; } = new();

    /// <summary>The embedding table is also the output projection (Press and Wolf 2017).</summary>
    public bool TieOutput { get; init; } = true;

    /// <inheritdoc/>
    public override TransformerLm Build(int vocabulary) => new(this, vocabulary);
}
