using System.Text.Json.Serialization;
using Research.TextVae.Models.Layers;
using Research.TextVae.Support;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Research.TextVae.Models;

/// <summary>
/// A generative adversarial network for text. Its generator is a language model whose draws are relaxed by Gumbel noise, so that the
/// discriminator's gradient reaches it (Kusner and Hernández-Lobato 2016); the losses are relativistic (Jolicoeur-Martineau 2019), as
/// in RelGAN (Nie et al. 2019). As a language model it is its generator.
/// </summary>
public sealed class TextGan : LanguageModel, IConfigured
{
    private readonly TextGanConfig _config;
    private readonly RecurrentLm generator;
    private readonly TextDiscriminator discriminator;

    /// <summary>Builds generator and discriminator with random weights from TorchSharp's generator (<c>manual_seed</c>).</summary>
    /// <param name="config">Sizes and options of the layers.</param>
    /// <param name="vocabulary">Number of tokens, the four markers included.</param>
    public TextGan(TextGanConfig config, int vocabulary)
        : base(nameof(TextGan), vocabulary)
    {
        ArgumentNullException.ThrowIfNull(config);
        _config = config;
        generator = config.Generator.Build(vocabulary);
        discriminator = new TextDiscriminator(vocabulary, config.DiscriminatorEmbedding, config.Filters, config.DiscriminatorDropout);
        RegisterComponents();
        this.KeepTensors();
    }

    /// <inheritdoc/>
    public ModelConfig Config => _config;

    /// <summary>The discriminator between generated and real texts.</summary>
    public TextDiscriminator Discriminator => discriminator;

    /// <inheritdoc/>
    public override TokenLosses NegativeLogLikelihood(TextBatch batch) => generator.NegativeLogLikelihood(batch);

    /// <inheritdoc/>
    public override DecoderState StartDecoding(long size) => generator.StartDecoding(size);

    /// <inheritdoc/>
    public override (Tensor Logits, DecoderState State) DecodeStep(Tensor tokens, DecoderState state) =>
        generator.DecodeStep(tokens, state);

    /// <inheritdoc/>
    public override DecodingSession StartSession(DecoderState state) => generator.StartSession(state);

    /// <summary>Generates texts that are differentiable with respect to the generator.</summary>
    /// <param name="size">Texts.</param>
    /// <param name="time">Tokens of each; what follows <c>&lt;/s&gt;</c> does not count.</param>
    /// <param name="temperature">τ of the relaxed draws.</param>
    /// <param name="noise">Gumbel noise [batch, time, vocabulary]; drawn from LibTorch's default generator when absent.</param>
    public RelaxedText Write(long size, long time, double temperature, Tensor? noise = null)
    {
        var like = parameters().First();
        var unwritable = zeros(VocabularySize, dtype: like.dtype, device: like.device);
        foreach (var marker in new[] { Tokenizers.Vocabulary.PadId, Tokenizers.Vocabulary.BosId })
            unwritable[marker].fill_(double.NegativeInfinity);
        var (words, masks) = (new List<Tensor>(), new List<Tensor>());
        var going = ones(size, dtype: like.dtype, device: like.device);
        var (logits, state) = generator.DecodeStep(
            full([size], (long)Tokenizers.Vocabulary.BosId, ScalarType.Int64, device: like.device), generator.StartDecoding(size));
        for (var t = 0L; t < time; t++)
        {
            if (t > 0)
                (logits, state) = generator.DecodeMixture(words[^1], state);
            var open = logits + unwritable;
            var relaxed = GumbelSoftmax.Relaxed(open, noise?.select(1, t) ?? GumbelSoftmax.NoiseLike(open), temperature);
            words.Add(_config.StraightThrough ? GumbelSoftmax.StraightThrough(relaxed) : relaxed);
            masks.Add(going);
            going = going * relaxed.argmax(1).ne(Tokenizers.Vocabulary.EosId).to_type(like.dtype);
        }

        return new RelaxedText(stack(words, 1), stack(masks, 1));
    }

    /// <summary>How far written texts seem less real than these, for a step of the generator; the discriminator gets no gradient.</summary>
    // L_G = E[ softplus( D(x) − D(G) ) ]
    public Tensor GeneratorLoss(TextBatch real, double temperature)
    {
        ArgumentNullException.ThrowIfNull(real);
        foreach (var parameter in discriminator.parameters())
            parameter.requires_grad = false;
        try
        {
            return (discriminator.Score(real) - discriminator.Score(Write(real.Size, real.Time, temperature))).softplus().mean();
        }
        finally
        {
            foreach (var parameter in discriminator.parameters())
                parameter.requires_grad = true;
        }
    }

    /// <summary>How far written texts seem more real than these, for a step of the discriminator; the generator gets no gradient.</summary>
    // L_D = E[ softplus( D(G) − D(x) ) ]
    public Tensor DiscriminatorLoss(TextBatch real, double temperature)
    {
        ArgumentNullException.ThrowIfNull(real);
        RelaxedText written;
        using (no_grad())
            written = Write(real.Size, real.Time, temperature);
        return (discriminator.Score(written) - discriminator.Score(real)).softplus().mean();
    }
}

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
    public override TextGan Build(int size) => new(this, size);
}

/// <summary>
/// Tells written texts from real ones: windows of 2, 3 and 4 words, each through a bank of filters, the strongest answer of each filter
/// over the text, and a score (a convolutional network as in Kim 2014).
/// </summary>
public sealed class TextDiscriminator : Module<Tensor, Tensor, Tensor>
{
    private static readonly int[] Widths = [2, 3, 4];
    private readonly EmbeddingLayer embedding;
    private readonly ModuleList<LinearLayer> filters;
    private readonly LinearLayer score;
    private readonly DropoutLayer dropout;

    /// <param name="vocabulary">Tokens in the vocabulary.</param>
    /// <param name="width">Of the word vectors.</param>
    /// <param name="filters">Filters of each window's width.</param>
    /// <param name="dropout">Share of the filters' answers left out in training.</param>
    public TextDiscriminator(int vocabulary, int width, int filters, double dropout)
        : base(nameof(TextDiscriminator))
    {
        embedding = new EmbeddingLayer(vocabulary, width);
        init.uniform_(embedding.Weight, -0.1, 0.1);
        this.filters = ModuleList([.. Widths.Select(words => new LinearLayer(words * width, filters))]);
        score = new LinearLayer(Widths.Length * filters, 1);
        this.dropout = new DropoutLayer(dropout);
        RegisterComponents();
        this.KeepTensors();
    }

    /// <summary>The score of real texts.</summary>
    /// <param name="batch">The texts.</param>
    /// <returns>[batch].</returns>
    public Tensor Score(TextBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return call(embedding.call(batch.Targets), batch.Mask);
    }

    /// <summary>The score of written texts; the gradient reaches who wrote them.</summary>
    /// <param name="text">The texts.</param>
    /// <returns>[batch].</returns>
    public Tensor Score(RelaxedText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return call(text.Words.matmul(embedding.Weight), text.Mask);
    }

    /// <param name="words">Word vectors [batch, time, width].</param>
    /// <param name="mask">1 where a word counts; [batch, time].</param>
    /// <returns>Scores [batch], high for what seems real.</returns>
    // s = v · [ max_t ReLU( W_k (e_t, …, e_{t+k−1}) ) ]_k + c
    public override Tensor forward(Tensor words, Tensor mask)
    {
        // Nothing before and after a text, so that windows see where it begins and ends, however short it is.
        var margin = Widths[^1] - 1;
        var padded =
            functional.pad(words * mask.unsqueeze(2).to_type(words.dtype), [0, 0, margin, margin]); // [batch, time + 2 · margin, width]
        var answers = Widths.Zip(filters, (size, bank) =>
            bank.call(padded.unfold(1, size, 1).flatten(2)).relu().amax(1)); // windows [batch, places, width · size] to [batch, filters]
        return score.call(dropout.call(cat([.. answers], 1))).squeeze(1);
    }
}

/// <summary>Draws of one of several categories through which a gradient flows (Jang et al. 2017; Maddison et al. 2017).</summary>
public static class GumbelSoftmax
{
    /// <summary>Standard Gumbel noise of the shape and type of some logits, from LibTorch's default generator.</summary>
    // g = −log(−log u): argmax(l + g) is a draw from softmax(l)
    public static Tensor NoiseLike(Tensor logits)
    {
        ArgumentNullException.ThrowIfNull(logits);
        return -(-rand_like(logits).clamp_min(1e-30).log()).clamp_min(1e-30).log();
    }

    /// <summary>A relaxed draw: shares of the categories that come near a single one as the temperature falls.</summary>
    /// <param name="logits">[…, categories].</param>
    /// <param name="noise">Gumbel noise of the same shape.</param>
    /// <param name="temperature">τ.</param>
    // y = softmax( (l + g) / τ )
    public static Tensor Relaxed(Tensor logits, Tensor noise, double temperature)
    {
        ArgumentNullException.ThrowIfNull(logits);
        return ((logits + noise) / Require.Above(0, temperature)).softmax(-1);
    }

    /// <summary>The draw itself, 1 at one category and 0 elsewhere, with the gradient of the relaxed one (straight-through
    /// estimator).</summary>
    /// <param name="relaxed">What <see cref="Relaxed"/> gives.</param>
    public static Tensor StraightThrough(Tensor relaxed)
    {
        ArgumentNullException.ThrowIfNull(relaxed);
        var drawn = nn.functional.one_hot(relaxed.argmax(-1), relaxed.shape[^1]).to_type(relaxed.dtype);
        return drawn - relaxed.detach() + relaxed;
    }
}

/// <summary>Texts as a generator writes them for a discriminator: shares of words in place of words.</summary>
/// <param name="Words">[batch, time, vocabulary]; each place sums to 1.</param>
/// <param name="Mask">1 up to and including <c>&lt;/s&gt;</c>, 0 after it; [batch, time], without gradient.</param>
public sealed record RelaxedText(Tensor Words, Tensor Mask);
