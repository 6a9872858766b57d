using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Text;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Training;

/// <summary>The training of a text VAE by its ELBO.</summary>
/// <param name="model">The model.</param>
/// <param name="train">Sentences to train on.</param>
/// <param name="validation">Sentences to choose the best weights by.</param>
/// <param name="objective">The loss.</param>
/// <param name="options">Sizes of batches.</param>
/// <param name="seed">Seed of the batches and of the validation's draws of z.</param>
public sealed class VaeTask(
    TextVaeModel model, EncodedSentences train, EncodedSentences validation, ElboObjective objective, TrainingOptions options, ulong seed)
    : SentenceTask(train, options, seed)
{
    /// <inheritdoc cref="VaeTask(TextVaeModel, EncodedSentences, EncodedSentences, ElboObjective, TrainingOptions, ulong)"/>
    public VaeTask(TextVaeModel model, TextData data, ElboObjective objective, TrainingOptions options, ulong seed)
        : this(model, data.Train, data.Validation, objective, options, seed)
    {
    }

    /// <inheritdoc/>
    public override nn.Module Model => model;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> InferenceParameters => [.. model.EncoderParameters()];

    /// <inheritdoc/>
    public override ValidationMeasures Validate()
    {
        var evaluation = ElboEvaluation.Of(model, validation, Seed, objective: objective);
        // The weight that training leads to: a changing one would make epochs incomparable.
        var goal = evaluation.Reconstruction + objective.KlWeight.Final * evaluation.ObjectiveKl;
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
            KlWeight = objective.KlWeight.At(progress),
        };
    }
}
