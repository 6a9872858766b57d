using System.Text.Json;
using Research.TextVae.Models;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Benchmarks.Recurrent;

/// <summary>The training of an LSTM VAE with Adam and clipping at fixed shapes; every sentence has <see cref="Time"/> tokens.</summary>
internal sealed record LstmVaeTraining(
    string Name, string Title, int Vocabulary, int Embedding, int Hidden, int Latent, int Batch, int Time) : Benchmark(Name, Title)
{
    /// <summary>Limit on the gradients' norm.</summary>
    public double Clip { get; init; } = 5;

    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Batches that both sides read and go round in.</summary>
    public int Batches { get; init; } = 8;

    public override double Units => Batch * Time;

    // Three products (forward, and the gradients of input and weight) for both LSTMs and the output layer; the rest is below one per cent.
    public override double Operations =>
        3.0 * 2 * Units * (4.0 * Hidden * (Embedding + Hidden) + 4.0 * Hidden * (Embedding + Latent + Hidden) + (double)Hidden * Vocabulary);

    public override IReadOnlyList<Precision> Precisions => [Precision.Float32, Precision.BFloat16];

    public override Peer? Peer => Benchmarks.Peer.PyTorch("lstm_vae.py");

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
            ["noise"] = randn(Batches, Batch, Latent),
        });
    }

    public override IWorker Start(string folder, double dropout) => new Worker(this, folder, dropout);

    private LstmVae Model(double dropout) => new(
        new LstmVaeConfig { Embedding = Embedding, Hidden = Hidden, Latent = Latent, Dropout = dropout }, Vocabulary);

    private sealed class Worker : IWorker
    {
        private readonly LstmVaeTraining work;
        private readonly TrainingLoop loop;
        private readonly LstmVae model;
        private readonly Tensor noise;

        public Worker(LstmVaeTraining work, string folder, double dropout)
        {
            this.work = work;
            model = work.Model(dropout);
            loop = new TrainingLoop(model, folder, work.LearningRate, work.Clip);
            noise = loop.Data["noise"];
        }

        public double Step() => loop.Step((batch, index) =>
        {
            var terms = model.Elbo(batch, noise[index]);
            return (terms.Reconstruction.Total + terms.Kl.sum()) / work.Batch;
        });
    }
}
