using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Training;

/// <summary>The training of a language model by maximum likelihood; the loss is −log p(x) a sentence.</summary>
/// <param name="model">The model.</param>
/// <param name="train">Sentences to train on.</param>
/// <param name="validation">Sentences to choose the best weights by.</param>
/// <param name="options">Sizes of batches.</param>
/// <param name="seed">Seed of the batches.</param>
public sealed class LanguageModelTask(LanguageModel model, EncodedSentences train, EncodedSentences validation, TrainingOptions options, ulong seed)
    : SentenceTask(train, options, seed)
{
    /// <inheritdoc cref="LanguageModelTask(LanguageModel, EncodedSentences, EncodedSentences, TrainingOptions, ulong)"/>
    public LanguageModelTask(LanguageModel model, TextData data, TrainingOptions options, ulong seed)
        : this(model, data.Train, data.Validation, options, seed)
    {
    }

    /// <inheritdoc/>
    public override nn.Module Model => model;

    /// <inheritdoc/>
    public override ValidationMeasures Validate()
    {
        var evaluation = Likelihood.Evaluate(model, validation);
        return new ValidationMeasures(evaluation.Nll, evaluation.Nll, evaluation.Perplexity);
    }

    /// <inheritdoc/>
    protected override BatchLoss Loss(TextBatch batch, double progress)
    {
        var nll = model.NegativeLogLikelihood(batch).Total / batch.Size;
        return new BatchLoss(nll, nll, batch.Tokens);
    }
}
