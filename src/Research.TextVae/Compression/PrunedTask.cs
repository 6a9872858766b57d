using Research.TextVae.Training;
using TorchSharp;
using TorchSharp.Modules;

namespace Research.TextVae.Compression;

/// <summary>The fine-tuning of a pruned model: any training, in which pruned weights stay zero.</summary>
public sealed class PrunedTask(TrainingTask task, MagnitudePruning pruning) : TrainingTask
{
    /// <inheritdoc/>
    public override torch.nn.Module Model => task.Model;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> InferenceParameters => task.InferenceParameters;

    /// <inheritdoc/>
    public override int BatchesPerEpoch(int epoch) => task.BatchesPerEpoch(epoch);

    /// <inheritdoc/>
    public override BatchLoss Loss(int epoch, int batch, double progress) => task.Loss(epoch, batch, progress);

    /// <inheritdoc/>
    public override void GradientsReady()
    {
        task.GradientsReady();
        pruning.MaskGradients();
    }

    /// <inheritdoc/>
    public override ValidationMeasures Validate() => task.Validate();
}
