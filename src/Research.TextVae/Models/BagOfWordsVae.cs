using System.Text.Json.Serialization;
using Research.TextVae.Models.Layers;
using Research.TextVae.Support;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Research.TextVae.Models;

/// <summary>
/// A VAE of documents as bags of words: the words of a document are independent given its code (Miao et al. 2016, section 3).
/// The encoder's first layer adds up the rows of the words that occur, so that its cost does not grow with the vocabulary.
/// </summary>
public sealed class BagOfWordsVae : Vae<BagOfWords>
{
    private readonly EmbeddingLayer input;
    private readonly Parameter input_bias;
    private readonly PosteriorHead posterior;
    private readonly LinearLayer? decoder;
    private readonly OutputLayer output;

    /// <param name="config">Its sizes.</param>
    /// <param name="vocabulary">Tokens in the vocabulary, the special ones included.</param>
    public BagOfWordsVae(BagOfWordsVaeConfig config, int vocabulary)
        : base(nameof(BagOfWordsVae), (config ?? throw new ArgumentNullException(nameof(config))).LatentSize)
    {
        VocabularySize = vocabulary;
        input = new EmbeddingLayer(vocabulary, config.HiddenSize);
        init.uniform_(input.Weight, -0.1, 0.1);
        input_bias = Parameter(zeros(config.HiddenSize));
        posterior = new PosteriorHead(config.HiddenSize, config.LatentSize, config.PosteriorBatchNormScale);
        decoder = config.DecoderHiddenSize == 0 ? null : new LinearLayer(config.LatentSize, config.DecoderHiddenSize);
        output = new OutputLayer(config.DecoderHiddenSize == 0 ? config.LatentSize : config.DecoderHiddenSize, vocabulary);
        RegisterComponents();
        this.KeepTensors();
    }

    /// <summary>Number of tokens in the vocabulary, the special ones included.</summary>
    public int VocabularySize { get; }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> EncoderParameters() => [.. input.parameters(), input_bias, .. posterior.parameters()];

    /// <inheritdoc/>
    public override DiagonalGaussian Encode(BagOfWords batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var counts = batch.Counts.to_type(input_bias.dtype);
        var hidden = (input.Sum(batch.Words, batch.Offsets, counts) + input_bias).relu(); // [batch, hidden]
        return posterior.call(hidden);
    }

    /// <summary>The logits of the word distribution of each code; z [batch, latent] gives [batch, vocabulary].</summary>
    public Tensor Logits(Tensor z) => output.call(Features(z));

    /// <summary>−log p(x|z) of each document in nats, the multinomial coefficient left out; a document counts as one event.</summary>
    /// <param name="batch">The documents x.</param>
    /// <param name="z">[batch, latent].</param>
    public override TokenLosses NegativeLogLikelihood(BagOfWords batch, Tensor z) => output.Nll(Features(z), batch);

    private Tensor Features(Tensor z) => decoder is null ? z : decoder.call(z).relu();
}

/// <summary>A VAE of bags of words, the neural variational document model of Miao et al. 2016.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record BagOfWordsVaeConfig : ModelConfig
{
    /// <summary>Width of the encoder's layer.</summary>
    public int HiddenSize { get; init => field = Require.AtLeast(1, value); } = 256;

    /// <summary>Size of the latent code z.</summary>
    public int LatentSize { get; init => field = Require.AtLeast(1, value); } = 32;

    /// <summary>Width of the decoder's ReLU layer; 0 for none, as in the paper.</summary>
    public int DecoderHiddenSize { get; init => field = Require.AtLeast(0, value); } = 256;

    /// <summary>γ of a batch normalisation of the posterior means (BN-VAE, see <see cref="PosteriorHead"/>); none when absent.</summary>
    public double? PosteriorBatchNormScale { get; init => field = value is null ? null : Require.Above(0, value.Value); }

    /// <inheritdoc/>
    public override BagOfWordsVae Build(int size) => new(this, size);
}
