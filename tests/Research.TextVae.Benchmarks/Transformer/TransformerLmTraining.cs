using System.Text.Json;
using Research.TextVae.Models;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Benchmarks.Transformer;

/// <summary>The training of a Transformer language model with Adam and clipping; every text has <see cref="Time"/> tokens.</summary>
internal sealed record TransformerLmTraining(
    string Name, string Title, int Vocabulary, int Width, int Layers, int Heads, int Inner, int Batch, int Time) : Benchmark(Name, Title)
{
    /// <summary>Limit on the gradients' norm.</summary>
    public double Clip { get; init; } = 1;

    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Batches that both sides read and go round in.</summary>
    public int Batches { get; init; } = 4;

    public override double Units => Batch * Time;

    // Three products (forward, and the gradients of input and weight): of each layer the four projections of attention, the two
    // of the feed-forward network, queries by keys and weights by values over half of the places; and the output.
    public override double Operations =>
        3.0 * 2 * Units * (Layers * (4.0 * Width * Width + 2.0 * Width * Inner + (double)Width * Time) + (double)Width * Vocabulary);

    public override IReadOnlyList<Precision> Precisions => [Precision.Float32, Precision.BFloat16];

    public override Peer? Peer => Benchmarks.Peer.PyTorch("transformer_lm.py");

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

    private TransformerLm Model(double dropout) => new TransformerLmConfig
    {
        Shape = new TransformerShape { Width = Width, Layers = Layers, Heads = Heads, FeedForward = Inner, Dropout = dropout },
    }.Build(Vocabulary);

    private sealed class Worker : IWorker
    {
        private readonly TransformerLm model;
        private readonly TrainingLoop loop;

        public Worker(TransformerLmTraining work, string folder, double dropout)
        {
            model = work.Model(dropout);
            loop = new TrainingLoop(model, folder, work.LearningRate, work.Clip);
        }

        public double Step() => loop.Step((batch, _) => model.Nll(batch).Total / batch.Tokens);
    }
}
