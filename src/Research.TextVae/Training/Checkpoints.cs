using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Training;

/// <summary>Where a <see cref="Trainer"/> keeps the state it may come back to.</summary>
internal abstract class Checkpoints
{
    /// <summary>Name of the checkpoint to resume from.</summary>
    public const string Last = "last";

    /// <summary>Name of the checkpoint with the lowest validation objective.</summary>
    public const string Best = "best";

    /// <summary>For messages: what is left when training fails.</summary>
    public abstract string Whereabouts { get; }

    /// <summary>Where training stood when it was stopped; null when it is to start.</summary>
    public abstract TrainingPosition? Resume(nn.Module model, OptimizerHelper optimizer);

    /// <summary>Keeps the state under a name, in place of the one of that name.</summary>
    public abstract void Save(string name, nn.Module model, OptimizerHelper optimizer, TrainingPosition position);

    /// <summary>Puts the state of <see cref="Best"/> back.</summary>
    public abstract void LoadBest(nn.Module model, OptimizerHelper optimizer);
}

/// <summary>Checkpoints as files, from which training can be resumed.</summary>
internal sealed class FolderCheckpoints(string folder) : Checkpoints
{
    /// <inheritdoc/>
    public override string Whereabouts => $"The last checkpoint is kept in {folder}.";

    /// <inheritdoc/>
    public override TrainingPosition? Resume(nn.Module model, OptimizerHelper optimizer) =>
        Checkpoint.Exists(folder, Last) ? Load(Last, model, optimizer) : null;

    /// <inheritdoc/>
    public override void Save(string name, nn.Module model, OptimizerHelper optimizer, TrainingPosition position)
    {
        using var scope = NewDisposeScope();
        Checkpoint.Save(folder, name, TrainingState.Collect(model, optimizer), position);
    }

    /// <inheritdoc/>
    public override void LoadBest(nn.Module model, OptimizerHelper optimizer) => Load(Best, model, optimizer);

    private TrainingPosition Load(string name, nn.Module model, OptimizerHelper optimizer)
    {
        using var scope = NewDisposeScope();
        var (tensors, position) = Checkpoint.Load<TrainingPosition>(folder, name);
        TrainingState.Restore(Path.Combine(folder, name), tensors, model, optimizer);
        return position;
    }
}

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
