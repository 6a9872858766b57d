using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Training;

/// <summary>The training of a VAE of any kind by its ELBO.</summary>
/// <typeparam name="TBatch">The VAE's batches.</typeparam>
/// <param name="model">The model.</param>
/// <param name="train">Examples to train on.</param>
/// <param name="validation">Examples to choose the best weights by.</param>
/// <param name="objective">The loss.</param>
public class VaeTask<TBatch>(Vae<TBatch> model, IDataset<TBatch> train, IDataset<TBatch> validation, ElboObjective objective)
    : TrainingTask<TBatch>(train)
    where TBatch : IBatch<TBatch>
{
    /// <summary>The loss.</summary>
    protected ElboObjective Objective => objective;

    /// <inheritdoc/>
    public override nn.Module Model => model;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> InferenceParameters => [.. model.EncoderParameters()];

    /// <inheritdoc/>
    public override double WarmUpEpochs => objective.KlWeight.WarmUpEpochs;

    /// <inheritdoc/>
    public override ValidationResult Validate()
    {
        var metrics = VaeMetrics.Evaluate(model, validation, Seed, objective: objective);
        if (objective.ImportanceWeighting is { } weighting)
        {
            var sampling = new ImportanceSampling { Samples = weighting.Samples, Doublings = 0, Proposal = ImportanceProposal.Posterior };
            return new ValidationResult(ImportanceWeightedNll.Estimate(model, validation, sampling, Seed).Mean, metrics);
        }

        // The weight that training leads to: a changing one would make epochs incomparable.
        return new ValidationResult(metrics.Reconstruction + objective.KlWeight.Final * metrics.ObjectiveKl, metrics);
    }

    /// <inheritdoc/>
    protected override StepLoss Loss(TBatch batch, double progress) =>
        StepLoss.From(objective.Loss(model, batch, progress, Examples), batch.Tokens) with { Examples = batch.Size };
}

/// <summary>The training of a text VAE by its ELBO.</summary>
/// <param name="model">The model.</param>
/// <param name="train">Sentences to train on.</param>
/// <param name="validation">Sentences to choose the best weights by.</param>
/// <param name="objective">The loss.</param>
public sealed class VaeTask(TextVaeModel model, EncodedSentences train, EncodedSentences validation, ElboObjective objective)
    : VaeTask<TextBatch>(model, train, validation, objective)
{
    /// <inheritdoc cref="VaeTask(TextVaeModel, EncodedSentences, EncodedSentences, ElboObjective)"/>
    /// <param name="data">Sentences to train on, and to choose the best weights by.</param>
    public VaeTask(TextVaeModel model, TextData data, ElboObjective objective)
        : this(model, data.Train, data.Validation, objective)
    {
    }
}

/// <summary>The training of a text VAE by its ELBO and by the labels of its sentences together.</summary>
/// <param name="model">The VAE and its classifier.</param>
/// <param name="train">Sentences with classes to train on.</param>
/// <param name="validation">Sentences with classes to choose the best weights by.</param>
/// <param name="objective">The VAE's loss.</param>
/// <param name="weight">α of the classifier's cross-entropy, in nats per sentence.</param>
public sealed class ClassifiedVaeTask(
    ClassifiedVae model, EncodedSentences train, EncodedSentences validation, ElboObjective objective, double weight)
    : VaeTask<TextBatch>(model.Vae, train, validation, objective)
{
    /// <inheritdoc/>
    public override nn.Module Model => model;

    /// <inheritdoc/>
    // L = L_ELBO + α E[ −log p(c | z) ]
    protected override StepLoss Loss(TextBatch batch, double progress)
    {
        var labels = batch.Labels ?? throw new ArgumentException("The sentences have no classes.", nameof(batch));
        if (Objective.ImportanceWeighting is not null)
            throw new UserException("a classifier beside the VAE goes with the ELBO, not with importance weighting.");
        var terms = model.Vae.Elbo(batch);
        var classification = nn.functional.cross_entropy(model.Classify(terms.Z), labels);
        var loss = Objective.Loss(terms, progress, Examples);
        return StepLoss.From(loss with { Total = loss.Total + weight * classification }, batch.Tokens) with { Examples = batch.Size };
    }
}
