using Research.TextVae.Models;
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
    /// <summary>Mean −log p(x) a sentence.</summary>
    public double Nll => PerSentence.Average();

    /// <summary>exp(total NLL / predicted tokens).</summary>
    public double Perplexity => Math.Exp(PerSentence.Sum() / Tokens);

    /// <summary>Evaluates the model, dropout off, on every sentence of the set.</summary>
    /// <param name="model">The model; its training mode is put back afterwards.</param>
    /// <param name="sentences">The sentences; at least one.</param>
    /// <param name="batchSize">Sentences in a batch; the result does not depend on it.</param>
    public static Likelihood Evaluate(LanguageModel model, EncodedSentences sentences, int batchSize = 64)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sentences);
        return Evaluate(model, sentences, batchSize, batch => model.NegativeLogLikelihood(TextBatch.From(batch, model.Device)));
    }

    /// <summary>Evaluates −log p(y|x) of an encoder–decoder, dropout off and labels not smoothed, on every pair of the set.</summary>
    /// <inheritdoc cref="Evaluate(LanguageModel, EncodedSentences, int)"/>
    /// <param name="pairs">The pairs; at least one.</param>
    public static Likelihood Evaluate(TransformerSeq2Seq model, EncodedPairs pairs, int batchSize = 64)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(pairs);
        return Evaluate(model, pairs.Target, batchSize, batch => model.NegativeLogLikelihood(TextPairBatch.From(pairs, batch.Indices, model.Device)));
    }

    private static Likelihood Evaluate(AutoregressiveModel model, EncodedSentences sentences, int batchSize, Func<TokenBatch, TokenLosses> nllOf)
    {
        if (sentences.Count == 0)
            throw new UserException("there is no sentence to evaluate on: give more text or a larger share of it.");
        using var _ = no_grad();
        using var mode = new EvaluationMode(model);
        var nll = new double[sentences.Count];
        long tokens = 0;
        foreach (var batch in new BatchSampler(sentences, new BatchOptions { BatchSize = batchSize, Shuffle = false }, 0).Epoch(0))
        {
            using var scope = NewDisposeScope();
            var losses = nllOf(batch).PerToken.to_type(ScalarType.Float64).sum(1).cpu().data<double>();
            for (var row = 0; row < batch.Size; row++)
                nll[batch.Indices[row]] = losses[row];
            tokens += batch.Tokens;
        }

        return new Likelihood(nll, tokens);
    }
}
