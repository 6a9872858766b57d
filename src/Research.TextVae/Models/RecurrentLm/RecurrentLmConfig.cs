using System.Text.Json.Serialization;

namespace Research.TextVae.Models;

/// <summary>A recurrent language model in the form of Zaremba et al. 2014, with the tied table of Press and Wolf 2017.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RecurrentLmConfig : LanguageModelConfig
{
    /// <summary>LSTM or GRU.</summary>
    public RecurrentCell Cell { get; init; }

    /// <summary>Width of the word embeddings.</summary>
    public int EmbeddingSize { get; init => field = Require.AtLeast(1, value); } = 256;

    /// <summary>Width of each layer's state.</summary>
    public int HiddenSize { get; init => field = Require.AtLeast(1, value); } = 256;

    /// <summary>Layers, one above the other.</summary>
    public int Layers { get; init => field = Require.AtLeast(1, value); } = 1;

    /// <summary>Share of the embeddings, of what passes between layers and of the last states that dropout zeroes in training.</summary>
    public double Dropout { get; init => field = Require.Within(0, 0.99, value); } = 0.5;

    /// <summary>The embedding table is also the output projection.</summary>
    public bool TieOutput { get; init; }

    /// <inheritdoc/>
    public override RecurrentLm Build(int vocabulary) => new(this, vocabulary);
}
