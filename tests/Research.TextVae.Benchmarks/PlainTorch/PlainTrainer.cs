using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Benchmarks.PlainTorch;

/// <summary>
/// A training step as TorchSharp's users write it: forward, backward, clipping, Adam. In bfloat16 the model is a copy of float32 weights,
/// which the optimizer changes.
/// </summary>
/// <param name="workload">What is trained on.</param>
/// <param name="model">The model, which is converted to the workload's type.</param>
/// <param name="batches">How many batches there are.</param>
/// <param name="loss">The loss of a batch by its number, float32.</param>
internal sealed class PlainTrainer : IWorker
{
    private readonly double _clip;
    private readonly int _batches;
    private readonly nn.Module _model;
    private readonly Func<int, Tensor> _loss;
    private readonly Parameter[] _computed, _weights;
    private readonly optim.Optimizer _optimizer;
    private int _step;

    public PlainTrainer(PlainWorkload workload, nn.Module model, int batches, Func<int, Tensor> loss, double clip)
    {
        (_model, _batches, _loss, _clip) = (model, batches, loss, clip);
        _weights = [.. model.parameters()];
        if (workload.Type != ScalarType.Float32)
        {
            _weights = [.. _weights.Select(weight => new Parameter(weight.detach().clone()))];
            model.to(workload.Type);
        }

        _computed = [.. model.parameters()];
        _optimizer = optim.Adam(_weights, workload.Number("LearningRate"));
    }

    public double Step()
    {
        using var scope = NewDisposeScope();
        _model.zero_grad();
        var loss = _loss(_step++ % _batches);
        loss.backward();
        var copied = _computed[0].dtype != ScalarType.Float32;
        if (copied)
        {
            foreach (var (weight, computed) in _weights.Zip(_computed))
                weight.grad = computed.grad?.to(ScalarType.Float32);
        }

        if (_clip > 0)
            nn.utils.clip_grad_norm_(_weights, _clip);
        _optimizer.step();
        if (copied)
        {
            using var unrecorded = no_grad();
            foreach (var (weight, computed) in _weights.Zip(_computed))
                computed.copy_(weight);
        }

        return loss.item<float>();
    }
}
