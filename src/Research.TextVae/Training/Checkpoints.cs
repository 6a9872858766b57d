using Research.TextVae.Support;
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
/// <param name="folder">Their folder.</param>
/// <param name="notice">Receives a line when a checkpoint is not usable.</param>
internal sealed class FolderCheckpoints(string folder, Action<string> notice) : Checkpoints
{
    private const string Previous = "last.previous";

    /// <inheritdoc/>
    public override string Whereabouts => Checkpoint.Exists(folder, Last)
        ? $"The last checkpoint is kept in {folder}."
        : "No checkpoint had been written yet.";

    /// <summary>
    /// The state of the last checkpoint; where that is damaged, of the one before it; null when neither can be used, or the best weights
    /// cannot. A training that starts again comes to the same numbers.
    /// </summary>
    public override TrainingPosition? Resume(nn.Module model, OptimizerHelper optimizer)
    {
        using var scope = NewDisposeScope();
        if (Newest() is not var (name, tensors, position))
            return null;
        if (position.BestEpoch > 0 && Damage(Best) is { } damage)
        {
            notice($"{damage}. Training begins again from its start, which gives the same numbers.");
            Checkpoint.SetAside(folder, Best);
            Checkpoint.SetAside(folder, Last);
            return null;
        }

        TrainingState.Restore(Path.Combine(folder, name), tensors, model, optimizer);
        return position;
    }

    /// <inheritdoc/>
    public override void Save(string name, nn.Module model, OptimizerHelper optimizer, TrainingPosition position)
    {
        using var scope = NewDisposeScope();
        Checkpoint.Save(folder, name, TrainingState.Collect(model, optimizer), position, name == Last ? Previous : null);
    }

    /// <inheritdoc/>
    public override void LoadBest(nn.Module model, OptimizerHelper optimizer)
    {
        using var scope = NewDisposeScope();
        var (tensors, _) = Checkpoint.Load<TrainingPosition>(folder, Best);
        TrainingState.Restore(Path.Combine(folder, Best), tensors, model, optimizer);
    }

    private (string Name, Dictionary<string, Tensor> Tensors, TrainingPosition Position)? Newest()
    {
        foreach (var name in new[] { Last, Previous })
        {
            if (!Checkpoint.Exists(folder, name))
                continue;
            try
            {
                var (tensors, position) = Checkpoint.Load<TrainingPosition>(folder, name, Last);
                return (name, tensors, position);
            }
            catch (UserException error)
            {
                var more = name == Last && Checkpoint.Exists(folder, Previous);
                var instead = more ? "the one before it is used" : "training begins again from its start";
                notice($"{error.Message}. Now {instead}, which gives the same numbers.");
                Checkpoint.SetAside(folder, name);
            }
        }

        return null;
    }

    private string? Damage(string name)
    {
        try
        {
            _ = Checkpoint.Load<TrainingPosition>(folder, name);
            return null;
        }
        catch (UserException error)
        {
            return error.Message;
        }
    }
}

/// <summary>Keeps the best weights in memory and nothing else: such a training cannot be resumed.</summary>
internal sealed class MemoryCheckpoints : Checkpoints
{
    private Dictionary<string, Tensor> _best = [];

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
        _best = TrainingState.Collect(model).ToDictionary(entry => entry.Key, entry => entry.Value.clone().DetachFromDisposeScope());
    }

    /// <inheritdoc/>
    public override void LoadBest(nn.Module model, OptimizerHelper optimizer)
    {
        TrainingState.Restore("the best weights", _best, model);
        Drop();
    }

    private void Drop()
    {
        foreach (var tensor in _best.Values)
            tensor.Dispose();
        _best = [];
    }
}
