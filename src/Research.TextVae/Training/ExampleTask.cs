using Research.TextVae.Models;
using Research.TextVae.Evaluation;
using Research.TextVae.Support;
using static TorchSharp.torch;

namespace Research.TextVae.Training;

/// <summary>The training of a model on numbered examples of any kind, in shuffled batches.</summary>
/// <param name="model">The model.</param>
/// <param name="examples">Training examples.</param>
/// <param name="loss">The loss of a batch, of examples named by their numbers.</param>
/// <param name="validate">Measures the model on the validation examples; called in evaluation mode without gradients.</param>
/// <param name="options">Sizes of batches.</param>
/// <param name="seed">Seed of the batches.</param>
public sealed class ExampleTask(
    nn.Module model, int examples, Func<int[], BatchLoss> loss, Func<ValidationMeasures> validate, TrainingOptions options, ulong seed) : TrainingTask
{
    private (int Epoch, int[] Order)? shuffled;

    /// <inheritdoc/>
    public override nn.Module Model => model;

    /// <inheritdoc/>
    public override int BatchesPerEpoch(int epoch) => (examples + options.BatchSize - 1) / options.BatchSize;

    /// <inheritdoc/>
    public override BatchLoss Loss(int epoch, int batch, double progress)
    {
        if (shuffled?.Epoch != epoch)
        {
            int[] order = [.. Enumerable.Range(0, examples)];
            new StableRandom(StableRandom.Derive(seed, (ulong)epoch)).Shuffle<int>(order);
            shuffled = (epoch, order);
        }

        var first = batch * options.BatchSize;
        return loss(shuffled.Value.Order[first..Math.Min(first + options.BatchSize, examples)]);
    }

    /// <inheritdoc/>
    public override ValidationMeasures Validate()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var mode = new EvaluationMode(model);
        return validate();
    }
}
