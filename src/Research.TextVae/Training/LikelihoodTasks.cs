using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Training;

/// <summary>The training of a language model by maximum likelihood; the loss is −log p(x) per sentence.</summary>
/// <param name="model">The model.</param>
/// <param name="train">Sentences to train on.</param>
/// <param name="validation">Sentences to choose the best weights by.</param>
public sealed class LanguageModelTask(LanguageModel model, EncodedSentences train, EncodedSentences validation)
    : TrainingTask<TextBatch>(train)
{
    /// <inheritdoc cref="LanguageModelTask(LanguageModel, EncodedSentences, EncodedSentences)"/>
    /// <param name="data">Sentences to train on, and to choose the best weights by.</param>
    public LanguageModelTask(LanguageModel model, TextData data)
        : this(model, data.Train, data.Validation)
    {
    }

    /// <inheritdoc/>
    public override nn.Module Model => model;

    /// <inheritdoc/>
    public override ValidationResult Validate() => ValidationResult.From(Likelihood.Evaluate(model, validation));

    /// <inheritdoc/>
    protected override StepLoss Loss(TextBatch batch, double progress)
    {
        var nll = model.NegativeLogLikelihood(batch).Total / batch.Size;
        return new StepLoss(nll, nll, batch.Tokens);
    }
}

/// <summary>The training of an encoder–decoder on pairs; the loss is −log p(y|x) per pair, with smoothed labels.</summary>
/// <param name="model">The model.</param>
/// <param name="train">Pairs to train on, in batches of targets of similar length.</param>
/// <param name="validation">Pairs to choose the best weights by.</param>
public sealed class Seq2SeqTask(TransformerSeq2Seq model, EncodedPairs train, EncodedPairs validation) : TrainingTask<TextPairBatch>(train)
{
    /// <inheritdoc cref="Seq2SeqTask(TransformerSeq2Seq, EncodedPairs, EncodedPairs)"/>
    /// <param name="data">Pairs to train on, and to choose the best weights by.</param>
    public Seq2SeqTask(TransformerSeq2Seq model, ParallelData data)
        : this(model, data.Train, data.Validation)
    {
    }

    /// <inheritdoc/>
    public override nn.Module Model => model;

    /// <inheritdoc/>
    public override ValidationResult Validate() => ValidationResult.From(Likelihood.Evaluate(model, validation));

    /// <inheritdoc/>
    protected override StepLoss Loss(TextPairBatch batch, double progress)
    {
        var (loss, nll) = model.LossAndNll(batch);
        return new StepLoss(loss / batch.Size, nll / batch.Size, batch.Tokens);
    }
}

/// <summary>The training of a deterministic autoencoder; the loss is its reconstruction loss, a mean over the elements.</summary>
/// <param name="model">The model.</param>
/// <param name="train">Vectors to train on.</param>
/// <param name="validation">Vectors to choose the best weights by.</param>
public sealed class AutoencoderTask(DenseAutoencoder model, IDataset<VectorBatch> train, IDataset<VectorBatch> validation)
    : TrainingTask<VectorBatch>(train)
{
    /// <inheritdoc/>
    public override nn.Module Model => model;

    /// <inheritdoc/>
    public override ValidationResult Validate()
    {
        var loss = ReconstructionError.Evaluate(model, validation);
        return new ValidationResult(loss, new LikelihoodMetrics
        {
            Examples = validation.Count,
            Tokens = validation.Count,
            Reconstruction = loss,
        });
    }

    /// <inheritdoc/>
    protected override StepLoss Loss(VectorBatch batch, double progress)
    {
        var loss = model.Loss(batch.Values);
        return new StepLoss(loss, loss, batch.Size);
    }
}
