using Research.TextVae.Models;
using Research.TextVae.Models.NGram;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>
/// The likelihood of a set of sentences under a language model: sums over predicted tokens (<c>&lt;/s&gt;</c> included,
/// <c>&lt;s&gt;</c> not), in nats.
/// </summary>
/// <param name="PerSentence">−log p(x) of each sentence, in the set's order.</param>
/// <param name="Tokens">Predicted tokens of all sentences.</param>
public sealed record Likelihood(IReadOnlyList<double> PerSentence, long Tokens)
{
    private const string NoSentence = "there is no sentence to evaluate on: give more text or a larger share of it.";

    /// <summary>Mean −log p(x) per sentence.</summary>
    public double Nll => PerSentence.Average();

    /// <summary>exp(total NLL / predicted tokens).</summary>
    public double Perplexity => Math.Exp(PerSentence.Sum() / Tokens);

    /// <summary>The same as metrics.</summary>
    public LikelihoodMetrics Metrics => new() { Examples = PerSentence.Count, Tokens = Tokens, Reconstruction = Nll };

    /// <summary>Evaluates the model, dropout off, on every sentence of the set.</summary>
    /// <param name="model">The model; its training mode is restored.</param>
    /// <param name="sentences">The sentences; at least one.</param>
    /// <param name="batchSize">Sentences per batch; the result does not depend on it.</param>
    /// <param name="given">Tokens at the beginning of each sentence that are given and not predicted, such as its class; the likelihood is
    /// that of the others.</param>
    /// <exception cref="UserException">There is no sentence.</exception>
    public static Likelihood Evaluate(LanguageModel model, EncodedSentences sentences, int batchSize = 64, int given = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sentences);
        return Evaluate(model, sentences, batchSize, model.NegativeLogLikelihood, given);
    }

    /// <summary>Evaluates an n-gram model on every sentence of the set.</summary>
    /// <param name="model">The model.</param>
    /// <param name="sentences">The sentences; at least one.</param>
    /// <exception cref="UserException">There is no sentence.</exception>
    public static Likelihood Evaluate(NGramModel model, EncodedSentences sentences)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sentences);
        if (sentences.Count == 0)
            throw new UserException(NoSentence);
        return new Likelihood([.. sentences.Select(sentence => model.SentenceNll(sentence))], sentences.PredictedTokens);
    }

    /// <summary>Evaluates −log p(y|x) of an encoder–decoder, dropout off and labels not smoothed, on every pair of the set.</summary>
    /// <inheritdoc cref="Evaluate(LanguageModel, EncodedSentences, int, int)"/>
    /// <param name="pairs">The pairs; at least one.</param>
    public static Likelihood Evaluate(TransformerSeq2Seq model, EncodedPairs pairs, int batchSize = 64)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(pairs);
        return Evaluate(model, pairs, batchSize, model.NegativeLogLikelihood);
    }

    private static Likelihood Evaluate<TBatch>(
        nn.Module model, IDataset<TBatch> examples, int batchSize, Func<TBatch, TokenLosses> lossesOf, int given = 0)
        where TBatch : IBatch<TBatch>
    {
        if (examples.Count == 0)
            throw new UserException(NoSentence);
        using var _ = no_grad();
        using var mode = new EvaluationMode(model);
        var device = model.parameters().First().device;
        var nll = new double[examples.Count];
        long tokens = 0;
        foreach (var indices in new BatchSampler(examples, new BatchOptions { BatchSize = batchSize, Shuffle = false }, 0).Epoch(0))
        {
            using var scope = NewDisposeScope();
            var batch = examples.Batch(indices, device);
            var perToken = lossesOf(batch).PerToken;
            var losses = perToken.narrow(1, given, perToken.shape[1] - given).to_type(ScalarType.Float64).sum(1).cpu().data<double>();
            for (var row = 0; row < indices.Length; row++)
                nll[indices[row]] = losses[row];
            tokens += batch.Tokens - given * batch.Size;
        }

        return new Likelihood(nll, tokens);
    }
}
