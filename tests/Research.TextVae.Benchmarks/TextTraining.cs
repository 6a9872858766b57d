using System.Text.Json;
using Research.TextVae.Kernels;
using Research.TextVae.Models.Layers;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Benchmarks;

/// <summary>The training of a model of texts with Adam and clipping at fixed shapes; every text has <see cref="Time"/> tokens.</summary>
internal abstract record TextTraining(string Name, string Title, int Vocabulary, int Batch, int Time) : Benchmark(Name, Title)
{
    /// <summary>Limit on the gradients' norm.</summary>
    public double Clip { get; init; } = 5;

    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Batches that both sides read and go round in.</summary>
    public int Batches { get; init; } = 8;

    public override double Units => Batch * Time;

    public override void Prepare(string folder)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        File.WriteAllText(Path.Combine(folder, "workload.json"), JsonSerializer.Serialize(this, GetType()));
        using var model = Model(dropout: 0);
        Safetensors.Write(Path.Combine(folder, "weights.safetensors"), model.state_dict());
        Safetensors.Write(Path.Combine(folder, "batches.safetensors"), new Dictionary<string, Tensor>(Draws())
        {
            ["targets"] = randint(4, Vocabulary, [Batches, Batch, Time]),
        });
    }

    public override IWorker Start(string folder, double dropout, Precision precision) => new Worker(this, folder, dropout, precision);

    protected abstract nn.Module Model(double dropout);

    /// <summary>What a loss needs beside the targets, by name: [batches, ...].</summary>
    protected virtual Dictionary<string, Tensor> Draws() => [];

    /// <summary>A batch's loss in nats per text.</summary>
    /// <param name="model">What <see cref="Model"/> built.</param>
    /// <param name="batch">Its texts.</param>
    /// <param name="draws">What was drawn for this batch, by name.</param>
    protected abstract Tensor Loss(nn.Module model, TextBatch batch, Func<string, Tensor> draws);

    private sealed class Worker : IWorker, IDisposable
    {
        private readonly TextTraining _work;
        private readonly nn.Module _model;
        private readonly optim.Optimizer _optimizer;
        private readonly Dictionary<string, Tensor> _data;
        private readonly List<TextBatch> _batches;
        private int _step;

        public Worker(TextTraining work, string folder, double dropout, Precision precision)
        {
            _work = work;
            _model = work.Model(dropout);
            Weights.Load(_model, folder);
            _ = _model.Use(precision); // for as long as the process lives
            _optimizer = new FusedAdam(_model.parameters(), work.LearningRate);
            _data = Safetensors.Read(Path.Combine(folder, "batches.safetensors"));
            _batches = [.. Enumerable.Range(0, work.Batches).Select(i => Batch(_data["targets"][i]))];
        }

        public void Dispose()
        {
            _optimizer.Dispose();
            _model.Dispose();
        }

        // As the library's trainer makes it.
        public double Step()
        {
            using var scope = NewDisposeScope();
            var index = _step++ % _batches.Count;
            _model.zero_grad();
            var loss = _work.Loss(_model, _batches[index], name => _data[name][index]);
            DirectGradient.Backward(loss);
            GradientNorm.Clip(_model.parameters(), _work.Clip);
            _optimizer.step();
            return loss.item<float>();
        }

        private static TextBatch Batch(Tensor targets)
        {
            var (size, time) = (targets.shape[0], targets.shape[1]);
            var bos = full([size, 1], (long)Research.TextVae.Tokenizers.Vocabulary.BosId, ScalarType.Int64);
            return new TextBatch(
                cat([bos, targets.slice(1, 0, time - 1, 1)], 1), targets, full([size], time, ScalarType.Int64), ones(size, time),
                size * time);
        }
    }
}
