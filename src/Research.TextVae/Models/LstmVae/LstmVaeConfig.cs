using System.Text.Json.Serialization;

namespace Research.TextVae.Models;

/// <summary>The LSTM VAE for sentences of Bowman et al. 2016, in the form of He et al. 2019.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LstmVaeConfig : TextVaeConfig
{
    /// <summary>Width of the word embeddings.</summary>
    public int EmbeddingSize { get; init => field = Require.AtLeast(1, value); } = 256;

    /// <summary>Width of the encoder's and the decoder's LSTM state.</summary>
    public int HiddenSize { get; init => field = Require.AtLeast(1, value); } = 256;

    /// <summary>Share of the decoder's input embeddings and of its output states that dropout zeroes in training.</summary>
    public double Dropout { get; init => field = Require.Within(0, 0.99, value); } = 0.5;

    /// <summary>z sets the decoder's first state.</summary>
    public bool LatentInInitialState { get; init; } = true;

    /// <summary>z is joined to the decoder's input at every step.</summary>
    public bool LatentAtEveryStep { get; init; } = true;

    /// <summary>z is added, through a linear layer, to the decoder's output states: a skip connection (Dieng et al. 2019).</summary>
    public bool LatentAtOutput { get; init; }

    /// <summary>How the encoder's states become the sentence's features.</summary>
    public Pooling Pooling { get; init; }

    /// <summary>Classes that encoder, prior and decoder are conditioned on, p(x|z, c) and p(z|c) (Sohn et al. 2015); none when 0.</summary>
    public int Classes { get; init => field = Require.AtLeast(0, value); }

    /// <summary>Width of a class's embedding.</summary>
    public int ClassEmbeddingSize { get; init => field = Require.AtLeast(1, value); } = 32;

    /// <summary>Encoder and decoder use one embedding table.</summary>
    public bool ShareEmbeddings { get; init; }

    /// <summary>The decoder's embedding table is also the output projection (Press and Wolf 2017).</summary>
    public bool TieOutput { get; init; }

    /// <inheritdoc/>
    public override LstmVae Build(int vocabulary) => new LstmVae(this, vocabulary);
}
