using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Research.TextVae.Benchmarks.PlainTorch;

/// <summary>The LSTM VAE of TorchSharp's own modules.</summary>
internal sealed class PlainLstmVae : nn.Module
{
    private readonly Embedding decoder_embedding, encoder_embedding;
    private readonly LSTM encoder, decoder;
    private readonly ModuleDict<nn.Module<Tensor, Tensor>> posterior;
    private readonly Linear initial_state, output;
    private readonly Dropout dropout;

    private PlainLstmVae(PlainWorkload work)
        : base(nameof(PlainLstmVae))
    {
        var (embedding, hidden, latent) = (work.Size("Embedding"), work.Size("Hidden"), work.Size("Latent"));
        decoder_embedding = nn.Embedding(work.Size("Vocabulary"), embedding);
        encoder_embedding = nn.Embedding(work.Size("Vocabulary"), embedding);
        encoder = nn.LSTM(embedding, hidden, batchFirst: true);
        posterior = nn.ModuleDict<nn.Module<Tensor, Tensor>>(("linear", nn.Linear(hidden, 2 * latent)));
        initial_state = nn.Linear(latent, hidden);
        decoder = nn.LSTM(embedding + latent, hidden, batchFirst: true);
        output = nn.Linear(hidden, work.Size("Vocabulary"));
        dropout = nn.Dropout(work.Randomness);
        RegisterComponents();
    }

    public static IWorker Train(PlainWorkload work)
    {
        var model = new PlainLstmVae(work);
        work.LoadInto(model);
        var data = work.Batches();
        var noise = data["noise"].to(work.Type);
        var inputs = Enumerable.Range(0, work.Size("Batches")).Select(i => PlainWorkload.Inputs(data["targets"][i])).ToList();
        return new PlainTrainer(
            work, model, inputs.Count, i => model.Loss(inputs[i], data["targets"][i], noise[i]), work.Number("Clip"));
    }

    private Tensor Loss(Tensor inputs, Tensor targets, Tensor noise)
    {
        var (batch, steps) = (targets.shape[0], targets.shape[1]);
        var (_, last, _) = encoder.forward(encoder_embedding.forward(targets));
        var halves = posterior["linear"].forward(last[0]).chunk(2, dim: 1);
        var (mean, logVariance) = (halves[0], halves[1]);
        var z = mean + (0.5 * logVariance).exp() * noise;
        var kl = 0.5 * (mean.pow(2) + logVariance.exp() - logVariance - 1).to(ScalarType.Float32).sum();
        var words = dropout.forward(decoder_embedding.forward(inputs));
        words = cat([words, z.unsqueeze(1).expand(batch, steps, z.shape[1])], 2);
        var cell = initial_state.forward(z).unsqueeze(0);
        var (states, _, _) = decoder.forward(words, (cell.tanh(), cell));
        return (PlainLstmLm.CrossEntropy(output.forward(dropout.forward(states)), targets) + kl) / batch;
    }
}

/// <summary>The LSTM language model of TorchSharp's own modules, trained, or generating a token a step.</summary>
internal sealed class PlainLstmLm : nn.Module
{
    private readonly Embedding embedding;
    private readonly LSTM lstm;
    private readonly Linear output;
    private readonly Dropout dropout;

    private PlainLstmLm(PlainWorkload work, double rate)
        : base(nameof(PlainLstmLm))
    {
        embedding = nn.Embedding(work.Size("Vocabulary"), work.Size("Embedding"));
        lstm = nn.LSTM(work.Size("Embedding"), work.Size("Hidden"), work.Size("Layers"), batchFirst: true);
        output = nn.Linear(work.Size("Hidden"), work.Size("Vocabulary"));
        dropout = nn.Dropout(rate);
        RegisterComponents();
    }

    /// <summary>Cross-entropy of logits <c>[batch, time, vocabulary]</c> with tokens <c>[batch, time]</c>, summed in float32.</summary>
    public static Tensor CrossEntropy(Tensor logits, Tensor targets) => logits.dtype == ScalarType.Float32
        ? F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction: nn.Reduction.Sum)
        : F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction: nn.Reduction.None).to(ScalarType.Float32).sum();

    public static IWorker Train(PlainWorkload work)
    {
        var model = new PlainLstmLm(work, work.Randomness);
        work.LoadInto(model);
        var targets = work.Batches()["targets"];
        var inputs = Enumerable.Range(0, work.Size("Batches")).Select(i => PlainWorkload.Inputs(targets[i])).ToList();
        return new PlainTrainer(work, model, inputs.Count, i => model.Loss(inputs[i], targets[i]), work.Number("Clip"));
    }

    public static IWorker Write(PlainWorkload work)
    {
        var model = new PlainLstmLm(work, 0);
        work.LoadInto(model);
        model.to(work.Type).eval();
        return new PlainWriter(work, model.Start);
    }

    private Tensor Loss(Tensor inputs, Tensor targets)
    {
        var (states, _, _) = lstm.forward(dropout.forward(embedding.forward(inputs)));
        return CrossEntropy(output.forward(dropout.forward(states)), targets) / targets.shape[0];
    }

    private Func<Tensor, int, Tensor> Start()
    {
        (Tensor, Tensor)? state = null;
        return (tokens, _) =>
        {
            var (states, h, c) = lstm.forward(embedding.forward(tokens), state);
            state = (h, c);
            return output.forward(states.select(1, 0));
        };
    }
}
