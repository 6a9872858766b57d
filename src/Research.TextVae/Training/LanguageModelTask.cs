using Research.TextVae.Diagnostics;
using Research.TextVae.Models;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Training;

/// <summary>The training of a language model by maximum likelihood; the loss is −log p(x) a sentence.</summary>
/// <param name="model">The model.</param>
/// <param name="data">Sentences to train and validate on.</param>
/// <param name="options">Sizes of batches.</param>
/// <param name="seed">Seed of the batches.</param>
public sealed class LanguageModelTask(LanguageModel model, TextData data, TrainingOptions options, ulong seed)
    : SentenceTask(data.Train, options, seed)
{
    /// <inheritdoc/>
    public override nn.Module Model => model;

    /// <inheritdoc/>
    public override ValidationMeasures Validate()
    {
        var evaluation = NllEvaluation.Of(model, data.Validation);
        return new ValidationMeasures(evaluation.Nll, evaluation.Nll, evaluation.Perplexity);
    }

    /// <inheritdoc/>
    protected override BatchLoss Loss(TextBatch batch, double progress)
    {
        var nll = model.Nll(batch).Total / batch.Size;
        return new BatchLoss(nll, nll, batch.Tokens);
    }
}
