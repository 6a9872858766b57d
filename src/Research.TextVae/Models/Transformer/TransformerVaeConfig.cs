using System.Text.Json.Serialization;

namespace Research.TextVae.Models;

/// <summary>A VAE of two Transformers, conditioned as Optimus (Li et al. 2020) but trained from scratch.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TransformerVaeConfig : TextVaeConfig
{
    /// <summary>Sizes and dropout of the encoder and of the decoder.</summary>
    public TransformerShape Shape { get; init; } = new();

    /// <summary>Vectors made of z that each block of the decoder can attend to before the text; 0 for none.</summary>
    public int MemoryTokens { get; init => field = Require.AtLeast(0, value); } = 1;

    /// <summary>
    /// z is added, through a linear layer, to every input of the decoder; the residual stream carries it on to the output: a skip
    /// connection (Dieng et al. 2019).
    /// </summary>
    public bool LatentInEmbedding { get; init; } = true;

    /// <summary>How the encoder's states become the sentence's features; the last one stands at <c>&lt;/s&gt;</c>.</summary>
    public Pooling Pooling { get; init; }

    /// <summary>Encoder and decoder use one embedding table.</summary>
    public bool ShareEmbeddings { get; init; }

    /// <summary>The decoder's embedding table is also the output projection (Press and Wolf 2017).</summary>
    public bool TieOutput { get; init; } = true;

    /// <inheritdoc/>
    public override TransformerVae Build(int vocabulary) => new(this, vocabulary);
}
