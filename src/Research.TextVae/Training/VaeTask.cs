using Research.TextVae.Diagnostics;
using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Text;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Training;

/// <summary>The training of a text VAE by its ELBO.</summary>
/// <param name="model">The model.</param>
/// <param name="data">Sentences to train and validate on.</param>
/// <param name="objective">The loss.</param>
/// <param name="options">Sizes of batches.</param>
/// <param name="seed">Seed of the batches and of the validation's draws of z.</param>
public sealed class VaeTask(TextVaeModel model, TextData data, ElboObjective objective, TrainingOptions options, ulong seed)
    : SentenceTask(data.Train, options, seed)
{
    /// <inheritdoc/>
    public override nn.Module Model => model;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> InferenceParameters { get; } = [.. model.EncoderParameters()];

    /// <inheritdoc/>
    public override ValidationMeasures Validate()
    {
        var evaluation = ElboEvaluation.Of(model, data.Validation, Seed, objective: objective);
        // The weight that training leads to: a changing one would make epochs incomparable.
        var goal = evaluation.Reconstruction + objective.KlWeight.Target * evaluation.ObjectiveKl;
        return new ValidationMeasures(goal, evaluation.Reconstruction, evaluation.Perplexity)
        {
            Kl = evaluation.Kl,
            MutualInformation = evaluation.MutualInformation,
            BatchMutualInformation = evaluation.BatchMutualInformation,
            ActiveUnits = evaluation.ActiveUnits,
        };
    }

    /// <inheritdoc/>
    protected override BatchLoss Loss(TextBatch batch, double progress)
    {
        var terms = model.Elbo(batch);
        return new BatchLoss(objective.Loss(terms, progress), terms.Reconstruction.Total / batch.Size, batch.Tokens)
        {
            Kl = terms.Kl.sum() / batch.Size,
            KlWeight = objective.KlWeight.WeightAt(progress),
        };
    }
}
