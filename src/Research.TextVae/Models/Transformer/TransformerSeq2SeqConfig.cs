using System.Text.Json.Serialization;

namespace Research.TextVae.Models;

/// <summary>The encoder–decoder Transformer of Vaswani et al. 2017, in pre-norm form.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TransformerSeq2SeqConfig : ModelConfig
{
    /// <summary>Sizes and dropout of the encoder and of the decoder.</summary>
    public TransformerShape Shape { get; init; } = new();

    /// <summary>Tokens in the source's vocabulary; 0 when source and target share vocabulary and embedding table.</summary>
    public int SourceVocabulary { get; init => field = Require.AtLeast(0, value); }

    /// <summary>Share ε of the probability that the loss wants spread over the whole vocabulary (Szegedy et al. 2016, section 7).</summary>
    public double LabelSmoothing { get; init => field = Require.Within(0, 0.99, value); } = 0.1;

    /// <summary>The target's embedding table is also the output projection (Press and Wolf 2017).</summary>
    public bool TieOutput { get; init; } = true;

    /// <param name="vocabulary">Tokens in the target's vocabulary.</param>
    public override TransformerSeq2Seq Build(int vocabulary) => new(this, vocabulary);
}
