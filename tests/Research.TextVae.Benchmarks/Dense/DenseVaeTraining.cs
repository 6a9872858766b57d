using System.Text.Json;
using Research.TextVae.Kernels;
using Research.TextVae.Models;
using Research.TextVae.Models.Layers;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Benchmarks.Dense;

/// <summary>The training of a VAE of bags of words with Adam; every document has <see cref="Words"/> words. The unit is a
/// document.</summary>
internal sealed record DenseVaeTraining(
    string Name, string Title, int Vocabulary, int Hidden, int Latent, int Batch, int Words) : Benchmark(Name, Title)
{
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Batches that both sides read and go round in.</summary>
    public int Batches { get; init; } = 8;

    public override string Unit => "doc";

    public override double Units => Batch;

    // Three products for the output layer, as for the small ones; the sparse first layer has none.
    public override double Operations => 3.0 * 2 * Batch * (2.0 * Hidden * Latent + Latent * (double)Hidden + (double)Hidden * Vocabulary);

    public override IReadOnlyList<Peer> Peers => Peer.Of("dense_vae");

    public override void Prepare(string folder)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        File.WriteAllText(Path.Combine(folder, "workload.json"), JsonSerializer.Serialize(this));
        using var model = Model();
        Safetensors.Write(Path.Combine(folder, "weights.safetensors"), model.state_dict());
        // The square of a uniform number: some words are frequent, most are rare.
        Safetensors.Write(Path.Combine(folder, "batches.safetensors"), new Dictionary<string, Tensor>
        {
            ["words"] = (rand(Batches, Batch, Words).pow(2) * (Vocabulary - 4)).to_type(ScalarType.Int64) + 4,
            ["noise"] = randn(Batches, Batch, Latent),
        });
    }

    public override IWorker Start(string folder, double dropout, Precision precision) => new Worker(this, folder, precision);

    private BagOfWordsVae Model() =>
        new(new BagOfWordsVaeConfig { HiddenSize = Hidden, LatentSize = Latent, DecoderHiddenSize = Hidden }, Vocabulary);

    private sealed class Worker : IWorker, IDisposable
    {
        private readonly BagOfWordsVae _model;
        private readonly optim.Optimizer _optimizer;
        private readonly List<(int[][] Documents, Tensor Noise)> _batches = [];
        private int _step;

        public Worker(DenseVaeTraining work, string folder, Precision precision)
        {
            _model = work.Model();
            Weights.Load(_model, folder);
            _ = _model.Use(precision); // for as long as the process lives
            _optimizer = new FusedAdam(_model.parameters(), work.LearningRate);
            var data = Safetensors.Read(Path.Combine(folder, "batches.safetensors"));
            for (var i = 0; i < work.Batches; i++)
            {
                var words = data["words"][i].flatten().data<long>().ToArray().Select(word => (int)word);
                _batches.Add(([.. words.Chunk(work.Words)], data["noise"][i]));
            }
        }

        public void Dispose()
        {
            _optimizer.Dispose();
            _model.Dispose();
        }

        // Counting the words is part of the step, as filling in the dense counts is of the peer's.
        public double Step()
        {
            using var scope = NewDisposeScope();
            var (documents, noise) = _batches[_step++ % _batches.Count];
            _model.zero_grad();
            var terms = _model.Elbo(BagOfWords.From(documents, CPU), noise);
            var loss = (terms.Reconstruction.Total + terms.Kl.sum()) / terms.Size;
            DirectGradient.Backward(loss);
            _optimizer.step();
            return loss.item<float>();
        }
    }
}
