using System.Text.Json.Serialization;
using Research.TextVae.Models.Layers;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Research.TextVae.Models;

/// <summary>
/// A single-layer LSTM encoder whose last state gives a diagonal Gaussian posterior, and a single-layer LSTM decoder
/// that receives z in its first state and beside every input word (Bowman et al. 2016; He et al. 2019).
/// </summary>
public sealed class LstmVae : TextVaeModel, IConfigured
{
    private readonly LstmVaeConfig _config;
    private readonly EmbeddingLayer decoder_embedding;
    private readonly EmbeddingLayer? encoder_embedding;
    private readonly RecurrentLayer encoder;
    private readonly Parameter? encoder_positions;
    private readonly Parameter? decoder_positions;
    private readonly EmbeddingLayer? class_embedding;
    private readonly EmbeddingLayer? class_prior;
    private readonly PosteriorHead posterior;
    private readonly LinearLayer? initial_state;
    private readonly RecurrentLayer decoder;
    private readonly LinearLayer? latent_skip;
    private readonly OutputLayer output;
    private readonly DropoutLayer dropout;

    /// <summary>Builds the model with random weights from TorchSharp's generator (<c>manual_seed</c>).</summary>
    /// <param name="config">Sizes and options of the layers.</param>
    /// <param name="vocabulary">Number of tokens, the four markers included.</param>
    public LstmVae(LstmVaeConfig config, int vocabulary)
        : base(nameof(LstmVae), vocabulary, (config ?? throw new ArgumentNullException(nameof(config))).LatentSize)
    {
        if (config.LatentPositions > 0 && config.EmbeddingSize != config.HiddenSize)
            throw new UserException(
                $"LatentPositions is {config.LatentPositions}, which adds word vectors to states, but EmbeddingSize is "
                    + $"{config.EmbeddingSize} and HiddenSize {config.HiddenSize}; make them equal.");
        _config = config;
        var classWidth = config.Classes > 0 ? config.ClassEmbeddingSize : 0;
        var code = config.LatentSize + classWidth;
        var decoderInput = config.EmbeddingSize + (config.LatentAtEveryStep ? code : 0);
        decoder_embedding = new EmbeddingLayer(vocabulary, config.EmbeddingSize);
        encoder_embedding = config.ShareEmbeddings ? null : new EmbeddingLayer(vocabulary, config.EmbeddingSize);
        encoder = new RecurrentLayer(config.EmbeddingSize, config.HiddenSize);
        class_embedding = config.Classes > 0 ? new EmbeddingLayer(config.Classes, config.ClassEmbeddingSize) : null;
        class_prior = config.Classes > 0 ? new EmbeddingLayer(config.Classes, 2 * config.LatentSize) : null;
        posterior = new PosteriorHead(config.HiddenSize + classWidth, config.LatentSize, config.PosteriorBatchNormScale);
        initial_state = config.LatentInInitialState ? new LinearLayer(code, config.HiddenSize) : null;
        decoder = new RecurrentLayer(decoderInput, config.HiddenSize);
        latent_skip = config.LatentAtOutput || config.LatentPositions > 0
            ? new LinearLayer(code, config.HiddenSize, hasBias: false)
            : null;
        output = new OutputLayer(config.HiddenSize, vocabulary, config.TieOutput ? decoder_embedding : null, home: this);
        dropout = new DropoutLayer(config.Dropout);
        if (config.LatentPositions > 0)
            (encoder_positions, decoder_positions) = (Signs(), Signs());
        Initialise();
        RegisterComponents();
        this.KeepTensors();
    }

    /// <inheritdoc/>
    public ModelConfig Config => _config;

    /// <inheritdoc/>
    public override DiagonalGaussian Encode(TextBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var tokens = WordDropout.Apply(batch.Targets, training ? _config.EncoderWordDropout : 0);
        var words = (encoder_embedding ?? decoder_embedding).call(tokens); // [batch, time, embedding]
        var (states, _) = encoder.call(words); // [batch, time, hidden]
        var features = encoder_positions is null ? _config.Pooling.Apply(states, batch) : Bound(words + states, batch, encoder_positions);
        return posterior.call(class_embedding is null ? features : cat([features, class_embedding.call(Labels(batch))], 1));
    }

    /// <inheritdoc/>
    public override TokenLosses NegativeLogLikelihood(TextBatch batch, Tensor z)
    {
        ArgumentNullException.ThrowIfNull(z);
        ArgumentNullException.ThrowIfNull(batch);
        z = Condition(z, batch);
        var words = dropout.call(decoder_embedding.call(WordDropout.Apply(batch.Inputs, training ? _config.WordDropout : 0)));
        if (_config.LatentAtEveryStep)
            words = cat([words, z.unsqueeze(1).expand(batch.Size, batch.Time, z.shape[1])], 2);
        var (states, _) = decoder.call(words, InitialState(z)); // [batch, time, hidden]
        return output.Nll(WithLatent(dropout.call(states), z.unsqueeze(1), Places(decoder_positions, batch.Time)), batch);
    }

    /// <inheritdoc/>
    public override Tensor Condition(Tensor z, TextBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return class_embedding is null ? z : Condition(z, Labels(batch));
    }

    /// <summary>The code that a model with classes is decoded from: z and the class.</summary>
    /// <param name="z">[batch, latent].</param>
    /// <param name="labels">int64 [batch].</param>
    /// <returns>[batch, latent + class embedding].</returns>
    public Tensor Condition(Tensor z, Tensor labels) =>
        cat([z, (class_embedding ?? throw new InvalidOperationException("The model has no classes.")).call(labels)], 1);

    /// <inheritdoc/>
    public override DiagonalGaussian? Prior(TextBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return class_prior is null ? null : Prior(Labels(batch));
    }

    /// <summary>p(z|c) of a model with classes.</summary>
    /// <param name="labels">int64 [batch].</param>
    public DiagonalGaussian Prior(Tensor labels)
    {
        var halves = (class_prior ?? throw new InvalidOperationException("The model has no classes.")).call(labels).chunk(2, dim: 1);
        return new DiagonalGaussian(halves[0], halves[1]);
    }

    /// <inheritdoc/>
    /// <remarks>For a model with classes, z is what <see cref="Condition(Tensor, Tensor)"/> gives.</remarks>
    public override DecoderState StartDecoding(Tensor z)
    {
        ArgumentNullException.ThrowIfNull(z);
        return InitialState(z) with { Code = z };
    }

    /// <inheritdoc/>
    public override (Tensor Logits, DecoderState State) DecodeStep(Tensor tokens, DecoderState state)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var before = (RecurrentState)state;
        var words = decoder_embedding.call(tokens); // [batch, embedding]
        if (_config.LatentAtEveryStep)
            words = cat([words, before.Code!], 1);
        var (states, after) = decoder.call(words.unsqueeze(1), before); // [batch, 1, hidden]
        var place = Places(decoder_positions, before.Tokens + 1)?.select(0, before.Tokens); // [hidden]
        return (output.call(WithLatent(states.squeeze(1), before.Code!, place)), after with { Tokens = before.Tokens + 1 });
    }

    /// <inheritdoc/>
    public override DecodingSession StartSession(DecoderState state)
    {
        var start = (RecurrentState)state;
        return LstmSession.TryCreate(
            decoder_embedding, decoder, output, start, _config.LatentAtEveryStep ? start.Code : null, latent_skip?.call(start.Code!),
            decoder_positions) ?? base.StartSession(state);
    }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> EncoderParameters() =>
    [
        .. encoder_embedding?.parameters() ?? [], .. encoder.parameters(), .. posterior.parameters(),
        .. new[] { encoder_positions }.OfType<Parameter>(),
    ];

    private static Tensor Labels(TextBatch batch) => batch.Labels
        ?? throw new UserException(
            "the model is conditioned on classes, but the sentences have none; give the set classes with WithClasses.");

    // Σ_t a_t ⊙ s_t: a bound word is found again by multiplying with its place's signs, since those of other places do not agree with them.
    private static Tensor Bound(Tensor states, TextBatch batch, Parameter positions) =>
        (states * Places(positions, batch.Time)! * batch.Mask.unsqueeze(2).to_type(states.dtype)).sum(1); // [batch, hidden]

    // The vectors of the first places, the last one again for those after it; [time, hidden].
    private static Tensor? Places(Parameter? positions, long time) =>
        positions?.index_select(0, arange(time, device: positions.device).clamp_max(positions.shape[0] - 1));

    private Parameter Signs() => Parameter(randn(_config.LatentPositions, _config.HiddenSize).sign());

    // States [..., hidden]; z with as many dimensions, of size 1 where the states have time; what multiplies z's part at each place.
    private Tensor WithLatent(Tensor states, Tensor z, Tensor? places)
    {
        if (latent_skip is null)
            return states;
        var added = latent_skip.call(z);
        return states + (places is null ? added : added * places);
    }

    private RecurrentState InitialState(Tensor z)
    {
        if (initial_state is null)
            return decoder.Start(z.shape[0]);
        var cell = initial_state.call(z).unsqueeze(0); // [1, batch, hidden]
        return new RecurrentState(cell.tanh(), cell);
    }

    // Embeddings start as in He et al. 2019; everything else keeps PyTorch's default, U(±1/√hidden).
    private void Initialise()
    {
        foreach (var table in new[] { decoder_embedding, encoder_embedding }.OfType<EmbeddingLayer>())
            init.uniform_(table.Weight, -0.1, 0.1);
        // Every class's prior starts as N(0, I).
        if (class_prior is not null)
            init.zeros_(class_prior.Weight);
    }
}

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

    /// <summary>
    /// Places in a sentence that words are bound to by products (Plate 1995; Gayler 2003), so that z can say which word stands where: the
    /// encoder's features are Σₜ aₜ ⊙ (word vector + state), and z is added to the decoder's output at t as bₜ ⊙ W z. aₜ and bₜ begin
    /// as random signs; places after the last one share its vectors. No such binding when 0. Takes the place of <see cref="Pooling"/> and
    /// needs embeddings as wide as states.
    /// </summary>
    public int LatentPositions { get; init => field = Require.AtLeast(0, value); }

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
    public override LstmVae Build(int size) => new(this, size);
}
