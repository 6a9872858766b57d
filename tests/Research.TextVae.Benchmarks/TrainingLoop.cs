using Research.TextVae.Models;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Benchmarks;

/// <summary>Steps of Adam on prepared sentences, as the library's trainer makes them.</summary>
internal sealed class TrainingLoop
{
    private readonly TextModel model;
    private readonly double clip;
    private readonly optim.Optimizer optimizer;
    private readonly List<TextBatch> batches = [];
    private int step;

    /// <param name="model">Takes the weights of <c>weights.safetensors</c>.</param>
    /// <param name="folder">Holds <c>batches.safetensors</c> with int64 <c>targets</c> [batches, batch, time], and whatever else a loss needs.</param>
    /// <param name="learningRate">Of Adam.</param>
    /// <param name="clip">Limit on the gradients' norm.</param>
    public TrainingLoop(TextModel model, string folder, double learningRate, double clip)
    {
        this.model = model;
        this.clip = clip;
        Weights.Load(model, folder);
        optimizer = optim.Adam(model.parameters(), learningRate);
        Data = Safetensors.Read(Path.Combine(folder, "batches.safetensors"));
        for (var i = 0; i < Data["targets"].shape[0]; i++)
            batches.Add(Batch(Data["targets"][i]));
    }

    /// <summary>The prepared tensors.</summary>
    public IReadOnlyDictionary<string, Tensor> Data { get; }

    /// <param name="loss">The loss of a batch and its place among the batches.</param>
    public double Step(Func<TextBatch, int, Tensor> loss)
    {
        using var scope = NewDisposeScope();
        var index = step++ % batches.Count;
        model.zero_grad();
        var value = loss(batches[index], index);
        value.backward();
        nn.utils.clip_grad_norm_(model.parameters(), clip);
        optimizer.step();
        return value.item<float>();
    }

    private static TextBatch Batch(Tensor targets)
    {
        var (size, time) = (targets.shape[0], targets.shape[1]);
        var bos = full([size, 1], (long)Text.Vocabulary.BosId, ScalarType.Int64);
        return new TextBatch(
            cat([bos, targets.slice(1, 0, time - 1, 1)], 1), targets, full([size], time, ScalarType.Int64), ones(size, time), size * time);
    }
}
