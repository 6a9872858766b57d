using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>The two terms of −ELBO of each sentence of a set, in nats, in the set's order.</summary>
/// <param name="Reconstruction">E_q(z|x)[−log p(x|z)], the mean over some draws.</param>
/// <param name="Kl">KL(q(z|x) ‖ p(z)).</param>
public sealed record SentenceElbo(IReadOnlyList<double> Reconstruction, IReadOnlyList<double> Kl)
{
    /// <summary>E_q(z|x)[−log p(xₜ | x₍&lt;t₎, z)] of each token of each sentence and of its <c>&lt;/s&gt;</c>: how surprising it
    /// is.</summary>
    public IReadOnlyList<double[]> PerToken { get; private init; } = [];

    /// <summary>−ELBO of each sentence.</summary>
    public IReadOnlyList<double> Negative => [.. Reconstruction.Zip(Kl, (reconstruction, kl) => reconstruction + kl)];

    /// <summary>Evaluates every sentence, dropout off.</summary>
    /// <param name="model">The model; its training mode is restored afterwards.</param>
    /// <param name="sentences">The sentences.</param>
    /// <param name="draws">Draws of z per sentence.</param>
    /// <param name="seed">Seed of the draws.</param>
    public static SentenceElbo Evaluate(TextVaeModel model, EncodedSentences sentences, int draws, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sentences);
        Require.AtLeast(1, draws);
        using var _ = no_grad();
        using var mode = new EvaluationMode(model);
        using var generator = new Generator(seed);
        var (reconstruction, kl) = (new double[sentences.Count], new double[sentences.Count]);
        var perToken = new double[sentences.Count][];
        foreach (var indices in new BatchSampler(sentences, new BatchOptions { BatchSize = 64, Shuffle = false }, seed).Epoch(0))
        {
            using var scope = NewDisposeScope();
            var batch = sentences.Batch(indices, model.Device);
            var posterior = model.Encode(batch);
            var divergence = model.Kl(batch, posterior).sum(1).cpu().data<float>();
            var sums = zeros(batch.Size, batch.Time, dtype: ScalarType.Float64);
            for (var draw = 0; draw < draws; draw++)
            {
                HostInterruption.Check();
                var z = posterior.Sample(randn([batch.Size, model.LatentSize], generator: generator).to(model.Device));
                sums += model.NegativeLogLikelihood(batch, z).PerToken.to_type(ScalarType.Float64).cpu();
            }

            var losses = (sums / draws).data<double>().ToArray();
            for (var row = 0; row < indices.Length; row++)
            {
                var tokens = losses.AsSpan(row * (int)batch.Time, sentences.Lengths[indices[row]] + 1).ToArray();
                (perToken[indices[row]], reconstruction[indices[row]], kl[indices[row]]) = (tokens, tokens.Sum(), divergence[row]);
            }
        }

        return new SentenceElbo(reconstruction, kl) { PerToken = perToken };
    }
}
