using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Training;

/// <summary>Keeps the best weights in memory and nothing else: such a training cannot be resumed.</summary>
internal sealed class MemoryCheckpoints : Checkpoints
{
    private Dictionary<string, Tensor> best = [];

    /// <inheritdoc/>
    public override string Whereabouts => "Nothing is kept of it.";

    /// <inheritdoc/>
    public override TrainingPosition? Resume(nn.Module model, OptimizerHelper optimizer) => null;

    /// <inheritdoc/>
    public override void Save(string name, nn.Module model, OptimizerHelper optimizer, TrainingPosition position)
    {
        if (name != Best)
            return;
        using var scope = NewDisposeScope();
        using var inference = no_grad();
        Drop();
        best = TrainingState.Collect(model).ToDictionary(entry => entry.Key, entry => entry.Value.clone().DetachFromDisposeScope());
    }

    /// <inheritdoc/>
    public override void LoadBest(nn.Module model, OptimizerHelper optimizer)
    {
        TrainingState.Restore("the best weights", best, model);
        Drop();
    }

    private void Drop()
    {
        foreach (var tensor in best.Values)
            tensor.Dispose();
        best = [];
    }
}
