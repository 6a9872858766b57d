using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Training;

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
