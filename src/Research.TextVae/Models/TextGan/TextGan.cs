using Research.TextVae.Text;
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
public sealed class TextGan : LanguageModel
{
    private readonly TextGanConfig config;
    private readonly RecurrentLm generator;
    private readonly TextDiscriminator discriminator;

    public TextGan(TextGanConfig config, int vocabulary)
        : base(nameof(TextGan), vocabulary)
    {
        ArgumentNullException.ThrowIfNull(config);
        this.config = config;
        generator = config.Generator.Build(vocabulary);
        discriminator = new TextDiscriminator(vocabulary, config.DiscriminatorEmbedding, config.Filters, config.DiscriminatorDropout);
        RegisterComponents();
        this.KeepTensors();
    }

    /// <summary>What tells written from real text.</summary>
    public TextDiscriminator Discriminator => discriminator;

    /// <inheritdoc/>
    public override TokenLosses NegativeLogLikelihood(TextBatch batch) => generator.NegativeLogLikelihood(batch);

    /// <inheritdoc/>
    public override DecoderState StartDecoding(long size) => generator.StartDecoding(size);

    /// <inheritdoc/>
    public override (Tensor Logits, DecoderState State) DecodeStep(Tensor tokens, DecoderState state) => generator.DecodeStep(tokens, state);

    /// <inheritdoc/>
    public override DecodingSession StartSession(DecoderState state) => generator.StartSession(state);

    /// <summary>Writes texts through which a gradient flows to the generator.</summary>
    /// <param name="size">Texts.</param>
    /// <param name="time">Tokens of each; what follows <c>&lt;/s&gt;</c> does not count.</param>
    /// <param name="temperature">τ of the relaxed draws.</param>
    /// <param name="noise">Gumbel noise [batch, time, vocabulary]; drawn from LibTorch's default generator when absent.</param>
    public RelaxedText Write(long size, long time, double temperature, Tensor? noise = null)
    {
        var like = parameters().First();
        var unwritable = zeros(VocabularySize, dtype: like.dtype, device: like.device);
        foreach (var marker in new[] { Text.Vocabulary.PadId, Text.Vocabulary.BosId })
            unwritable[marker].fill_(double.NegativeInfinity);
        var (words, masks) = (new List<Tensor>(), new List<Tensor>());
        var going = ones(size, dtype: like.dtype, device: like.device);
        var (logits, state) = generator.DecodeStep(full([size], (long)Text.Vocabulary.BosId, ScalarType.Int64, device: like.device), generator.StartDecoding(size));
        for (var t = 0L; t < time; t++)
        {
            if (t > 0)
                (logits, state) = generator.DecodeMixture(words[^1], state);
            var open = logits + unwritable;
            var relaxed = GumbelSoftmax.Relaxed(open, noise?.select(1, t) ?? GumbelSoftmax.NoiseLike(open), temperature);
            words.Add(config.StraightThrough ? GumbelSoftmax.StraightThrough(relaxed) : relaxed);
            masks.Add(going);
            going = going * relaxed.argmax(1).ne(Text.Vocabulary.EosId).to_type(like.dtype);
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
