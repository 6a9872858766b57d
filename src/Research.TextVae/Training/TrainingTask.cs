using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Training;

/// <summary>What a <see cref="Trainer"/> trains: a model, its batches in a fixed order, the loss of a batch, and what the model is judged by.</summary>
public abstract class TrainingTask
{
    /// <summary>The model; its weights are already drawn.</summary>
    public abstract nn.Module Model { get; }

    /// <summary>Batches of an epoch, counted from 0.</summary>
    public abstract int BatchesPerEpoch(int epoch);

    /// <summary>The loss of a batch. The same epoch and batch give the same examples whenever they are asked for.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="batch">The batch of that epoch, from 0.</param>
    /// <param name="progress">Epochs trained so far, with the fraction of the current one: what schedules go by.</param>
    public abstract BatchLoss Loss(int epoch, int batch, double progress);

    /// <summary>Is called when the gradients of a step are complete, before they are clipped and used.</summary>
    public virtual void GradientsReady()
    {
    }

    /// <summary>The weights of the inference network, for <see cref="AggressiveTraining"/>; none for a model without one.</summary>
    public virtual IReadOnlyList<Parameter> InferenceParameters { get; init; } = [];

    /// <summary>Measures the model on the validation examples, dropout off.</summary>
    public abstract ValidationMeasures Validate();
}
