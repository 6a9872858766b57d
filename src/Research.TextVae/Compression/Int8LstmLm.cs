using Research.TextVae.Kernels;
using Research.TextVae.Models;
using Research.TextVae.Models.Layers;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Compression;

/// <summary>
/// A trained LSTM language model with all its matrices in int8. It is evaluated as it writes, token by token with integer products;
/// it is not trained.
/// </summary>
public sealed class Int8LstmLm : LanguageModel
{
    private readonly RecurrentLmConfig _config;
    private readonly Int8Linear? embedding;
    private readonly ModuleList<Int8Linear> layers;
    private readonly Int8Linear? bottleneck;
    private readonly Int8Linear output;

    /// <summary>A model of zeros, to be read from a file.</summary>
    /// <exception cref="UserException">The configuration is not of an LSTM.</exception>
    public Int8LstmLm(RecurrentLmConfig config, int vocabulary)
        : this(config, vocabulary, Parts.Empty(config, vocabulary))
    {
    }

    private Int8LstmLm(RecurrentLmConfig config, int vocabulary, Parts parts)
        : base(nameof(Int8LstmLm), vocabulary)
    {
        _config = config;
        (embedding, bottleneck, output) = (parts.Embedding, parts.Bottleneck, parts.Output);
        layers = new ModuleList<Int8Linear>([.. parts.Layers]);
        RegisterComponents();
        this.KeepTensors();
        eval();
    }

    /// <summary>Rounds the matrices of a trained model to int8.</summary>
    /// <exception cref="UserException">The model is not an LSTM.</exception>
    public static Int8LstmLm Quantize(RecurrentLm model)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        return new Int8LstmLm(model.Config, model.VocabularySize, Parts.Of(model));
    }

    /// <inheritdoc/>
    /// <remarks>Without gradient.</remarks>
    public override TokenLosses NegativeLogLikelihood(TextBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var _ = no_grad();
        var run = StartSession(StartDecoding(batch.Size));
        var losses = new Tensor[batch.Time];
        for (var t = 0; t < losses.Length; t++)
            losses[t] = -run.Next(batch.Inputs.select(1, t)).log_softmax(1).gather(1, batch.Targets.select(1, t).unsqueeze(1));
        var perToken = cat(losses, 1) * batch.Mask.to_type(ScalarType.Float32); // [batch, time]
        return new TokenLosses(perToken.sum(), perToken);
    }

    /// <inheritdoc/>
    public override DecoderState StartDecoding(long size)
    {
        var empty = zeros(_config.Layers, size, _config.HiddenSize, device: Device);
        return new RecurrentState(empty, empty);
    }

    /// <inheritdoc/>
    public override (Tensor Logits, DecoderState State) DecodeStep(Tensor tokens, DecoderState state)
    {
        var before = (RecurrentState)state;
        var x = Embed(tokens);
        var (hidden, cell) = (new List<Tensor>(), new List<Tensor>());
        for (var layer = 0; layer < _config.Layers; layer++)
        {
            // i, f, g, o = W [x; h] + b;  c' = σ(f) c + σ(i) tanh(g);  h' = σ(o) tanh(c')
            var gates = layers[layer].call(cat([x, before.Hidden[layer]], 1)).chunk(4, dim: 1);
            cell.Add(gates[1].sigmoid() * before.Cell![layer] + gates[0].sigmoid() * gates[2].tanh());
            x = gates[3].sigmoid() * cell[layer].tanh();
            hidden.Add(x);
        }

        return (output.call(bottleneck?.call(x) ?? x), new RecurrentState(stack(hidden), stack(cell)));
    }

    /// <inheritdoc/>
    public override DecodingSession StartSession(DecoderState state) => PackedMatrix.Serves(output.Bias!)
        ? new LstmSession(
            Embed,
            [.. layers.Select(layer => (layer.Packed, layer.Bias!))],
            new OutputStep(bottleneck?.Packed, output.Packed, output.Bias!, ((RecurrentState)state).Hidden.shape[1]),
            (RecurrentState)state)
        : base.StartSession(state);

    private Tensor Embed(Tensor tokens) => (embedding ?? output).Rows(tokens);

    // A tied table is stored once, as the output's matrix.
    private sealed record Parts(Int8Linear? Embedding, IReadOnlyList<Int8Linear> Layers, Int8Linear? Bottleneck, Int8Linear Output)
    {
        public static Parts Empty(RecurrentLmConfig config, int vocabulary)
        {
            RequireLstm(config);
            var narrowed = config.TieOutput && config.EmbeddingSize != config.HiddenSize;
            return new(
                config.TieOutput ? null : new Int8Linear(config.EmbeddingSize, vocabulary, hasBias: false),
                [.. Enumerable.Range(0, config.Layers).Select(layer =>
                    new Int8Linear((layer == 0 ? config.EmbeddingSize : config.HiddenSize) + config.HiddenSize, 4 * config.HiddenSize,
                        hasBias: true))],
                narrowed ? new Int8Linear(config.HiddenSize, config.EmbeddingSize, hasBias: false) : null,
                new Int8Linear(config.TieOutput ? config.EmbeddingSize : config.HiddenSize, vocabulary, hasBias: true));
        }

        public static Parts Of(RecurrentLm model)
        {
            RequireLstm(model.Config);
            var weights = model.named_parameters().ToDictionary(entry => entry.name, entry => (Tensor)entry.parameter);
            var tied = model.Config.TieOutput;
            return new(
                tied ? null : Int8Linear.Quantize(weights["embedding.weight"], null),
                [.. Enumerable.Range(0, model.Config.Layers).Select(layer => Int8Linear.Quantize(
                    cat([weights[$"lstm.weight_ih_l{layer}"], weights[$"lstm.weight_hh_l{layer}"]], 1),
                    weights[$"lstm.bias_ih_l{layer}"] + weights[$"lstm.bias_hh_l{layer}"]))],
                weights.TryGetValue("bottleneck.weight", out var bottleneck) ? Int8Linear.Quantize(bottleneck, null) : null,
                tied
                    ? Int8Linear.Quantize(weights["embedding.weight"], weights["output_bias"])
                    : Int8Linear.Quantize(weights["output.weight"], weights["output.bias"]));
        }

        private static void RequireLstm(RecurrentLmConfig config)
        {
            ArgumentNullException.ThrowIfNull(config);
            if (config.Cell != RecurrentCell.Lstm)
                throw new UserException($"int8 weights are for LSTMs; this language model has {config.Cell} cells.");
        }
    }
}
