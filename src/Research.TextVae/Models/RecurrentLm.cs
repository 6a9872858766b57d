using System.Text.Json.Serialization;
using Research.TextVae.Models.Layers;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Research.TextVae.Models;

/// <summary>A language model of LSTM or GRU layers, with dropout on all connections but the recurrent ones (Zaremba et al. 2014).</summary>
public sealed class RecurrentLm : LanguageModel, IConfigured
{
    private readonly RecurrentLmConfig _config;
    private readonly EmbeddingLayer embedding;
    private readonly RecurrentLayer recurrent;
    private readonly OutputLayer output;
    private readonly DropoutLayer dropout;

    /// <summary>Builds the model with random weights from TorchSharp's generator (<c>manual_seed</c>).</summary>
    /// <param name="config">Sizes and options of the layers.</param>
    /// <param name="vocabulary">Number of tokens, the four markers included.</param>
    public RecurrentLm(RecurrentLmConfig config, int vocabulary)
        : base(nameof(RecurrentLm), vocabulary)
    {
        ArgumentNullException.ThrowIfNull(config);
        _config = config;
        embedding = new EmbeddingLayer(vocabulary, config.EmbeddingSize);
        init.uniform_(embedding.Weight, -0.1, 0.1);
        recurrent = new RecurrentLayer(config.EmbeddingSize, config.HiddenSize, config.Layers, config.Dropout, config.Cell);
        output = new OutputLayer(config.HiddenSize, vocabulary, config.TieOutput ? embedding : null, home: this);
        dropout = new DropoutLayer(config.Dropout);
        register_module(nameof(embedding), embedding);
        register_module(config.Cell == RecurrentCell.Lstm ? "lstm" : "gru", recurrent);
        register_module(nameof(output), output);
        register_module(nameof(dropout), dropout);
        this.KeepTensors();
    }

    /// <summary>What it was built from.</summary>
    public RecurrentLmConfig Config => _config;

    /// <inheritdoc/>
    ModelConfig IConfigured.Config => _config;

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
        var (states, after) = recurrent.call(words, (RecurrentState)before); // [batch, time, hidden]
        return (output.Nll(dropout.call(states), batch), after.Detached());
    }

    /// <inheritdoc/>
    public override DecoderState StartDecoding(long size) => recurrent.Start(size);

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
        LstmSession.TryCreate(embedding, recurrent, output, (RecurrentState)state) ?? base.StartSession(state);

    private (Tensor Logits, DecoderState State) Step(Tensor words, DecoderState state)
    {
        var (states, after) = recurrent.call(words.unsqueeze(1), (RecurrentState)state); // [batch, 1, hidden]
        return (output.call(states.squeeze(1)), after);
    }

    /// <summary>Registers nothing more: the parts are registered where they are made, since checkpoints name the layers by their
    /// kind.</summary>
    protected override void RegisterComponents()
    {
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
