using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Text;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Training;

/// <summary>The training of a VAE by its ELBO and by the labels of its sentences together.</summary>
/// <param name="model">The VAE and its classifier.</param>
/// <param name="train">Sentences with classes to train on.</param>
/// <param name="validation">Sentences with classes to choose the best weights by.</param>
/// <param name="objective">The VAE's loss.</param>
/// <param name="weight">α of the classifier's cross-entropy, nats a sentence.</param>
/// <param name="options">Sizes of batches.</param>
/// <param name="seed">Seed of the batches and of the validation's draws of z.</param>
public sealed class ClassifiedVaeTask(
    ClassifiedVae model, EncodedSentences train, EncodedSentences validation, ElboObjective objective, double weight, TrainingOptions options, ulong seed)
    : SentenceTask(train, options, seed)
{
    // What a VAE without labels is judged by, and logged with.
    private readonly VaeTask unlabelled = new(model.Vae, train, validation, objective, options, seed);

    /// <inheritdoc/>
    public override nn.Module Model => model;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> InferenceParameters => unlabelled.InferenceParameters;

    /// <inheritdoc/>
    public override ValidationMeasures Validate() => unlabelled.Validate();

    /// <inheritdoc/>
    // L = L_ELBO + α E[ −log p(c | z) ]
    protected override BatchLoss Loss(TextBatch batch, double progress)
    {
        var labels = batch.Labels ?? throw new ArgumentException("The sentences have no classes.", nameof(batch));
        var terms = model.Vae.Elbo(batch);
        var classification = nn.functional.cross_entropy(model.Classify(terms.Z), labels);
        return new BatchLoss(objective.Loss(terms, progress) + weight * classification, terms.Reconstruction.Total / batch.Size, batch.Tokens)
        {
            Kl = terms.Kl.sum() / batch.Size,
            KlWeight = objective.KlWeight.At(progress),
        };
    }
}
