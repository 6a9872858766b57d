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
