using System.Text.Json.Serialization;
using Research.TextVae.Kernels;
using Research.TextVae.Models.Layers;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Research.TextVae.Models;

/// <summary>A language model of LSTM or GRU layers, with dropout on all connections but the recurrent ones (Zaremba et al. 2014).</summary>
public sealed class RecurrentLm : LanguageModel, IConfigured
{
    private readonly RecurrentLmConfig config;
    private readonly EmbeddingLayer embedding;
    private readonly LstmLayer? lstm;
    private readonly GRU? gru;
    private readonly LinearLayer? bottleneck;
    private readonly LinearLayer? output;
    private readonly Parameter? output_bias;
    private readonly DropoutLayer dropout;

    /// <summary>Builds the model with random weights from TorchSharp's generator (<c>manual_seed</c>).</summary>
    /// <param name="config">Sizes and options of the layers.</param>
    /// <param name="vocabulary">Number of tokens, the four markers included.</param>
    public RecurrentLm(RecurrentLmConfig config, int vocabulary)
        : base(nameof(RecurrentLm), vocabulary)
    {
        ArgumentNullException.ThrowIfNull(config);
        this.config = config;
        embedding = new EmbeddingLayer(vocabulary, config.EmbeddingSize);
        init.uniform_(embedding.Weight, -0.1, 0.1);
        // Dropout between layers; one layer has no between.
        var between = config.Layers > 1 ? config.Dropout : 0;
        if (config.Cell == RecurrentCell.Lstm)
            lstm = new LstmLayer(config.EmbeddingSize, config.HiddenSize, config.Layers, between);
        else
            gru = GRU(config.EmbeddingSize, config.HiddenSize, config.Layers, batchFirst: true, dropout: between);
        if (config.TieOutput)
        {
            // A table of another width than the state's needs a linear step between them.
            bottleneck = config.EmbeddingSize == config.HiddenSize
                ? null
                : new LinearLayer(config.HiddenSize, config.EmbeddingSize, hasBias: false);
            output_bias = Parameter(zeros(vocabulary));
        }
        else
        {
            output = new LinearLayer(config.HiddenSize, vocabulary);
        }

        dropout = new DropoutLayer(config.Dropout);
        RegisterComponents();
        this.KeepTensors();
    }

    /// <summary>What it was built from.</summary>
    public RecurrentLmConfig Config => config;

    /// <inheritdoc/>
    ModelConfig IConfigured.Config => config;

    private Tensor OutputWeight => output?.Weight ?? embedding.Weight;

    private Tensor? OutputBias => output?.Bias ?? output_bias;

    /// <inheritdoc/>
    public override TokenLosses NegativeLogLikelihood(TextBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return NegativeLogLikelihood(batch, StartDecoding(batch.Size)).Nll;
    }

    /// <summary>
    /// −log p of a stretch of text that goes on where another ended: truncated backpropagation through time (Werbos 1990), when
    /// the state that each stretch returns is given to the next.
    /// </summary>
    /// <param name="batch">The next stretch of each text.</param>
    /// <param name="before">The state before it.</param>
    /// <returns>The loss, and the state after the stretch, through which no gradient flows.</returns>
    public (TokenLosses Nll, DecoderState State) NegativeLogLikelihood(TextBatch batch, DecoderState before)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(before);
        var words = dropout.call(embedding.call(batch.Inputs)); // [batch, time, embedding]
        var (states, after) = Run(words, (RecurrentState)before); // [batch, time, hidden]
        var features = Features(dropout.call(states)); // [batch, time, features]
        return (TokenLosses.Compute(features, OutputWeight, OutputBias, batch, Precision), after.Detached());
    }

    /// <inheritdoc/>
    public override DecoderState StartDecoding(long size)
    {
        var table = embedding.Weight;
        var empty = zeros(config.Layers, size, config.HiddenSize, dtype: table.dtype, device: table.device);
        return new RecurrentState(empty, lstm is null ? null : empty);
    }

    /// <inheritdoc/>
    public override (Tensor Logits, DecoderState State) DecodeStep(Tensor tokens, DecoderState state) =>
        Step(embedding.call(tokens), state);

    /// <summary>Reads a mixture of words in place of each word, as relaxed draws are (<see cref="GumbelSoftmax"/>).</summary>
    /// <param name="shares">Each word's share; [batch, vocabulary].</param>
    /// <param name="state">The state before.</param>
    /// <returns>Logits [batch, vocabulary] and the state after.</returns>
    public (Tensor Logits, DecoderState State) DecodeMixture(Tensor shares, DecoderState state)
    {
        ArgumentNullException.ThrowIfNull(shares);
        return Step(shares.matmul(embedding.Weight), state);
    }

    /// <inheritdoc/>
    public override DecodingSession StartSession(DecoderState state) =>
        (lstm is null
            ? null
            : LstmSession.TryCreate(embedding, lstm, bottleneck, OutputWeight, OutputBias, (RecurrentState)state, Precision))
                ?? base.StartSession(state);

    private (Tensor Logits, DecoderState State) Step(Tensor words, DecoderState state)
    {
        var (states, after) = Run(words.unsqueeze(1), (RecurrentState)state); // [batch, 1, hidden]
        return (LinearKernel.Compute(Features(states.squeeze(1)), OutputWeight, OutputBias, Precision), after);
    }

    private Tensor Features(Tensor states) => bottleneck?.call(states) ?? states;

    /// <returns>The last layer's states [batch, time, hidden], and the state of all layers after the last token.</returns>
    private (Tensor States, RecurrentState After) Run(Tensor words, RecurrentState before)
    {
        if (lstm is not null)
        {
            var (states, hidden, cell) = lstm.call(words, (before.Hidden, before.Cell!));
            return (states, new RecurrentState(hidden, cell));
        }

        var (outputs, last) = gru!.call(words, before.Hidden);
        return (outputs, new RecurrentState(last, null));
    }
}

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
    public override RecurrentLm Build(int size) => new(this, size);
}

/// <summary>What a recurrent network is made of.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RecurrentCell>))]
public enum RecurrentCell
{
    /// <summary>Long short-term memory (Hochreiter and Schmidhuber 1997).</summary>
    Lstm,

    /// <summary>Gated recurrent unit (Cho et al. 2014).</summary>
    Gru,
}

/// <summary>State of a recurrent network between two tokens.</summary>
/// <param name="Hidden">[layers, batch, hidden].</param>
/// <param name="Cell">[layers, batch, hidden]; a GRU has none.</param>
internal sealed record RecurrentState(Tensor Hidden, Tensor? Cell) : DecoderState
{
    /// <summary>The same values without the way they came about.</summary>
    public RecurrentState Detached() => new(Hidden.detach(), Cell?.detach());

    /// <inheritdoc/>
    public override DecoderState Select(Tensor rows) => new RecurrentState(Hidden.index_select(1, rows), Cell?.index_select(1, rows));

    public override IEnumerable<Tensor> Tensors => Cell is null ? [Hidden] : [Hidden, Cell];

    public override void MoveToOuterDisposeScope()
    {
        Hidden.MoveToOuterDisposeScope();
        Cell?.MoveToOuterDisposeScope();
    }
}
