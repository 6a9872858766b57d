using System.Text.Json.Serialization;

namespace Research.TextVae.Models;

/// <summary>The LSTM VAE for sentences of Bowman et al. 2016, in the form of He et al. 2019.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LstmVaeConfig : TextVaeConfig
{
    /// <summary>Width of the word embeddings.</summary>
    public int Embedding { get; init => field = Require.AtLeast(1, value); } = 256;

    /// <summary>Width of the encoder's and the decoder's LSTM state.</summary>
    public int Hidden { get; init => field = Require.AtLeast(1, value); } = 256;

    /// <summary>Share of the decoder's input embeddings and of its output states that dropout zeroes in training.</summary>
    public double Dropout { get; init => field = Require.Within(0, 0.99, value); } = 0.5;

    /// <summary>Share of the decoder's input words replaced by <c>&lt;unk&gt;</c> in training (Bowman et al. 2016, section 3.1).</summary>
    public double WordDropout { get; init => field = Require.Within(0.0, 1.0, value); }

    /// <summary>z sets the decoder's first state.</summary>
    public bool LatentInInitialState { get; init; } = true;

    /// <summary>z is joined to the decoder's input at every step.</summary>
    public bool LatentAtEveryStep { get; init; } = true;

    /// <summary>Encoder and decoder use one embedding table.</summary>
    public bool ShareEmbeddings { get; init; }

    /// <summary>The decoder's embedding table is also the output projection (Press and Wolf 2017).</summary>
    public bool TieOutput { get; init; }

    /// <inheritdoc/>
    public override LstmVae Build(int vocabulary) => new LstmVae(this, vocabulary);
}
