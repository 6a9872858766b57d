using System.Text.Json.Serialization;
using Research.TextVae.Support;
using Research.TextVae.Text;
using Research.TextVae.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Compression;

/// <summary>
/// Magnitude pruning (Han et al. 2015): the weights nearest to zero become zero and stay so while the others are trained on.
/// Matrices are pruned, biases are not.
/// </summary>
public sealed class MagnitudePruning : IDisposable
{
    private readonly List<(Parameter Weight, Tensor Kept)> _masks;

    private MagnitudePruning(List<(Parameter Weight, Tensor Kept)> masks) => _masks = masks;

    /// <summary>Share of the matrices' elements that are pruned.</summary>
    public double Sparsity => 1 - _masks.Sum(mask => mask.Kept.sum().item<long>()) / (double)_masks.Sum(mask => mask.Kept.numel());

    /// <summary>Sets the smallest weights of a model to zero.</summary>
    /// <param name="model">The model; it is changed.</param>
    /// <param name="sparsity">Share of the weights to become zero.</param>
    /// <param name="scope">What they are compared with.</param>
    public static MagnitudePruning Prune(nn.Module model, double sparsity, PruningScope scope)
    {
        ArgumentNullException.ThrowIfNull(model);
        Require.Within(0, 1, sparsity);
        using var disposal = NewDisposeScope();
        using var _ = no_grad();
        var matrices = model.parameters().Where(weight => weight.dim() >= 2).ToList();
        List<List<Parameter>> groups = scope == PruningScope.Global
            ? [matrices]
            : matrices.ConvertAll(weight => new List<Parameter> { weight });
        var masks = new List<(Parameter, Tensor)>();
        foreach (var group in groups)
        {
            var magnitudes = scope == PruningScope.PerRow
                ? group[0].abs().flatten(1) // [rows, columns]
                : cat([.. group.Select(weight => weight.abs().flatten())]).unsqueeze(0); // [1, weights]
            // By rank, so that of equal weights exactly as many go as are asked for.
            var smallest = magnitudes.argsort(1).narrow(1, 0, (long)Math.Round(sparsity * magnitudes.shape[1]));
            var kept = ones_like(magnitudes, dtype: ScalarType.Bool).scatter_(1, smallest, zeros_like(smallest, dtype: ScalarType.Bool))
                .flatten();
            var first = 0L;
            foreach (var weight in group)
            {
                masks.Add((weight, kept.narrow(0, first, weight.numel()).view(weight.shape).clone().DetachFromDisposeScope()));
                first += weight.numel();
            }
        }

        var pruning = new MagnitudePruning(masks);
        foreach (var (weight, kept) in masks)
            weight.mul_(kept);
        return pruning;
    }

    /// <summary>Removes the gradients of pruned weights; Adam, which then never sees one, leaves them at zero.</summary>
    public void MaskGradients()
    {
        using var _ = no_grad();
        foreach (var (weight, kept) in _masks)
            weight.grad?.mul_(kept);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, kept) in _masks)
            kept.Dispose();
    }
}

/// <summary>What weights are compared with when the smallest are pruned.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PruningScope>))]
public enum PruningScope
{
    /// <summary>All others: layers of small weights lose more.</summary>
    Global,

    /// <summary>Those of the same matrix: every matrix loses the same share.</summary>
    PerLayer,

    /// <summary>Those of the same row of a matrix: every word of a table and every unit of a layer loses the same share.</summary>
    PerRow,
}

/// <summary>The fine-tuning of a pruned model: any training, in which pruned weights stay zero.</summary>
public sealed class PrunedTask(TrainingTask task, MagnitudePruning pruning) : TrainingTask
{
    /// <inheritdoc/>
    public override torch.nn.Module Model => task.Model;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> InferenceParameters => task.InferenceParameters;

    /// <inheritdoc/>
    public override EncodedSentences? Sentences => task.Sentences;

    /// <inheritdoc/>
    protected internal override void Begin(TrainingOptions options, ulong seed)
    {
        base.Begin(options, seed);
        task.Begin(options, seed);
    }

    /// <inheritdoc/>
    public override int BatchesPerEpoch(int epoch) => task.BatchesPerEpoch(epoch);

    /// <inheritdoc/>
    public override StepLoss Loss(int epoch, int batch, double progress) => task.Loss(epoch, batch, progress);

    /// <inheritdoc/>
    public override void GradientsReady()
    {
        task.GradientsReady();
        pruning.MaskGradients();
    }

    /// <inheritdoc/>
    public override ValidationResult Validate() => task.Validate();
}
