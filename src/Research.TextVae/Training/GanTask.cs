using Research.TextVae.Evaluation;
using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Models.NGram;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Training;

/// <summary>
/// The adversarial training of a text GAN whose generator has been pretrained as a language model. Each batch is a step of one network;
/// the weights of the other get no gradient and stay the same.
/// </summary>
/// <param name="model">The model, its generator trained by maximum likelihood (<see cref="LanguageModelTask"/>).</param>
/// <param name="train">Real sentences.</param>
/// <param name="validation">Sentences to choose the best weights by.</param>
/// <param name="adversarial">How steps of the two networks alternate.</param>
public sealed class GanTask(TextGan model, EncodedSentences train, EncodedSentences validation, AdversarialOptions adversarial)
    : TrainingTask<TextBatch>(train)
{
    private readonly NGramModel _reference = NGramModel.Train(train, model.VocabularySize);
    private readonly int _longest = train.Max(sentence => sentence.Length);
    private long _step;

    /// <inheritdoc/>
    public override nn.Module Model => model;

    // Sentences of all lengths together, as they are generated.
    /// <inheritdoc/>
    protected override BatchOptions Batches => new() { BatchSize = Options.BatchSize, WindowBatches = 1 };

    /// <inheritdoc/>
    public override StepLoss Loss(int epoch, int batch, double progress)
    {
        // Every epoch has as many batches, so this counts the steps.
        _step = (long)epoch * BatchesPerEpoch(epoch) + batch - adversarial.Lead;
        return base.Loss(epoch, batch, progress);
    }

    /// <inheritdoc/>
    protected override StepLoss Loss(TextBatch batch, double progress)
    {
        var temperature = adversarial.TemperatureAt(progress / Options.Epochs);
        var generates = _step >= 0 && _step % (adversarial.DiscriminatorSteps + 1) == adversarial.DiscriminatorSteps;
        var loss = generates ? model.GeneratorLoss(batch, temperature) : model.DiscriminatorLoss(batch, temperature);
        using var _ = no_grad();
        return new StepLoss(loss, model.NegativeLogLikelihood(batch).Total / batch.Size, batch.Tokens);
    }

    /// <inheritdoc/>
    public override ValidationResult Validate()
    {
        var samples = model.Generate(adversarial.ValidationSamples, GenerationOptions.Sample() with
        {
            MaxTokens = _longest,
            AllowUnknown = true,
        }, Seed);
        var forward = Math.Log(_reference.Perplexity(samples));
        var reverse = Math.Log(NGramModel.Train(samples, model.VocabularySize).Perplexity(validation));
        var likelihood = Likelihood.Evaluate(model, validation);
        return new ValidationResult(forward + reverse, likelihood.Metrics);
    }
}

/// <summary>How generator and discriminator of a <see cref="Models.TextGan"/> take turns.</summary>
public sealed record AdversarialOptions
{
    /// <summary>Steps of the discriminator before each step of the generator.</summary>
    public int DiscriminatorSteps { get; init => field = Require.AtLeast(1, value); } = 2;

    /// <summary>Steps of the discriminator alone at the beginning, until it has something to say.</summary>
    public int Lead { get; init => field = Require.AtLeast(0, value); } = 100;

    /// <summary>Temperature of the relaxed draws in the first epoch; it falls geometrically.</summary>
    public double FirstTemperature { get; init => field = Require.Above(0, value); } = 1;

    /// <summary>Temperature at the end.</summary>
    public double LastTemperature { get; init => field = Require.Above(0, value); } = 0.5;

    /// <summary>Texts written after each epoch to see how real and how varied they are.</summary>
    public int ValidationSamples { get; init => field = Require.AtLeast(2, value); } = 2000;

    /// <summary>The temperature at a point of the training.</summary>
    /// <param name="share">How much of the training is done, 0 to 1.</param>
    // τ = τ₀ (τ₁ / τ₀)^s
    public double TemperatureAt(double share) => FirstTemperature * Math.Pow(LastTemperature / FirstTemperature, Math.Clamp(share, 0, 1));
}
