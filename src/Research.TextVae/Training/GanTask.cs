using Research.TextVae.Diagnostics;
using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Training;

/// <summary>
/// The adversarial training of a text GAN whose generator knows the language already. Each batch is a step of one player; the weights
/// of the other get no gradient and stay.
/// </summary>
/// <param name="model">The model, its generator trained by maximum likelihood (<see cref="LanguageModelTask"/>).</param>
/// <param name="train">Real sentences.</param>
/// <param name="validation">Sentences to choose the best weights by.</param>
/// <param name="adversarial">How the players take turns.</param>
/// <param name="options">Size of batches and number of epochs.</param>
/// <param name="seed">Seed of the batches and of the validation's samples.</param>
public sealed class GanTask(
    TextGan model, EncodedSentences train, EncodedSentences validation, AdversarialOptions adversarial, TrainingOptions options, ulong seed) : TrainingTask
{
    // Sentences of all lengths together, as they are written.
    private readonly BatchSampler batches = new(train, new BatchOptions { BatchSize = options.BatchSize, WindowBatches = 1 }, seed);
    private readonly NGramModel reference = NGramModel.Train(train, model.VocabularySize);
    private readonly int longest = train.Max(sentence => sentence.Length);

    /// <inheritdoc/>
    public override nn.Module Model => model;

    /// <inheritdoc/>
    public override int BatchesPerEpoch(int epoch) => batches.BatchesPerEpoch(epoch);

    /// <inheritdoc/>
    public override BatchLoss Loss(int epoch, int batch, double progress)
    {
        var real = TextBatch.From(batches.Batch(epoch, batch), model.Device);
        var temperature = adversarial.TemperatureAt(progress / options.Epochs);
        // Every epoch has as many batches, so this counts the steps.
        var step = (long)epoch * BatchesPerEpoch(epoch) + batch - adversarial.Lead;
        var generates = step >= 0 && step % (adversarial.DiscriminatorSteps + 1) == adversarial.DiscriminatorSteps;
        var loss = generates ? model.GeneratorLoss(real, temperature) : model.DiscriminatorLoss(real, temperature);
        using var _ = no_grad();
        return new BatchLoss(loss, model.NegativeLogLikelihood(real).Total / real.Size, real.Tokens);
    }

    /// <summary>
    /// The objective is the sum of two cross-entropies in nats a token: of samples under a 5-gram model of the training text, which
    /// falls as they become real, and of the validation text under a 5-gram model of the samples, which rises as they lose variety.
    /// </summary>
    public override ValidationMeasures Validate()
    {
        var samples = TextGenerator.Generate(model, adversarial.ValidationSamples, GenerationOptions.Sample() with { MaxTokens = longest, AllowUnknown = true }, seed);
        var forward = Math.Log(reference.Perplexity(samples));
        var reverse = Math.Log(NGramModel.Train(samples, model.VocabularySize).Perplexity(validation));
        var likelihood = Likelihood.Evaluate(model, validation);
        return new ValidationMeasures(forward + reverse, likelihood.Nll, likelihood.Perplexity);
    }
}
