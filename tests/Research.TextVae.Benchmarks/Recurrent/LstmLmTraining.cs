using System.Text.Json;
using Research.TextVae.Models;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Benchmarks.Recurrent;

/// <summary>The training of an LSTM language model with Adam and clipping; every text has <see cref="Time"/> tokens.</summary>
internal sealed record LstmLmTraining(
    string Name, string Title, int Vocabulary, int Embedding, int Hidden, int Layers, int Batch, int Time) : Benchmark(Name, Title)
{
    /// <summary>Limit on the gradients' norm.</summary>
    public double Clip { get; init; } = 5;

    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Batches that both sides read and go round in.</summary>
    public int Batches { get; init; } = 8;

    public override double Units => Batch * Time;

    // Three products (forward, and the gradients of input and weight) for each layer and the output.
    public override double Operations =>
        3.0 * 2 * Units * (4.0 * Hidden * (Embedding + Hidden + (Layers - 1) * 2.0 * Hidden) + (double)Hidden * Vocabulary);

    public override IReadOnlyList<Precision> Precisions => [Precision.Float32, Precision.BFloat16];

    public override Peer? Peer => Benchmarks.Peer.PyTorch("lstm_lm.py");

    public override void Prepare(string folder)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        File.WriteAllText(Path.Combine(folder, "workload.json"), JsonSerializer.Serialize(this));
        using var model = Model(dropout: 0);
        Safetensors.Write(Path.Combine(folder, "weights.safetensors"), model.state_dict());
        Safetensors.Write(Path.Combine(folder, "batches.safetensors"), new Dictionary<string, Tensor>
        {
            ["targets"] = randint(4, Vocabulary, [Batches, Batch, Time]),
        });
    }

    public override IWorker Start(string folder, double dropout) => new Worker(this, folder, dropout);

    private RecurrentLm Model(double dropout) =>
        new RecurrentLmConfig { Embedding = Embedding, Hidden = Hidden, Layers = Layers, Dropout = dropout }.Build(Vocabulary);

    private sealed class Worker : IWorker
    {
        private readonly RecurrentLm model;
        private readonly TrainingLoop loop;

        public Worker(LstmLmTraining work, string folder, double dropout)
        {
            model = work.Model(dropout);
            loop = new TrainingLoop(model, folder, work.LearningRate, work.Clip);
        }

        public double Step() => loop.Step((batch, _) => model.Nll(batch).Total / batch.Tokens);
    }
}
