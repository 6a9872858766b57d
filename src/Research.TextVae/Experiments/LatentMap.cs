using Research.TextVae.Evaluation;
using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Experiments;

/// <summary>The latent space of a trained VAE with some sentences in it: where they lie, how likely they are, and which are near.</summary>
/// <example><code>
/// using var map = LatentMap.Of(run, run.TestSentences());
/// foreach (var (sentence, distance) in map.Nearest(run.Encode("She was not at home.")[0], 5))
///     Console.WriteLine($"{distance:F2} {map.Sentences.Source(sentence).Text}");
/// var questions = map.Direction(map.Find("?"), map.Find("."));
/// </code></example>
public sealed class LatentMap : IDisposable
{
    private LatentMap(EncodedSentences sentences, Tensor means, SentenceElbo elbo, IReadOnlyList<double> kl)
    {
        (Sentences, Means, Elbo, KlPerDimension) = (sentences, means, elbo, kl);
        using var scope = NewDisposeScope();
        Components = Pca.Fit(means, (int)Math.Min(2, means.shape.Min()));
        foreach (var tensor in new[] { Means, Components.Mean, Components.Components, Components.Variances })
            tensor.DetachFromDisposeScope();
        ExplainedVariance = Components.Variances.sum().item<float>()
            / Math.Max(1e-20, means.var(0, unbiased: false).sum().item<float>());
    }

    /// <summary>The sentences.</summary>
    public EncodedSentences Sentences { get; }

    /// <summary>Means of q(z|x); [sentences, latent], on the CPU.</summary>
    public Tensor Means { get; }

    /// <summary>The terms of −ELBO of each sentence.</summary>
    public SentenceElbo Elbo { get; }

    /// <summary>KL(q(z|x) ‖ p(z)) of each dimension in nats, the mean over the sentences; [latent].</summary>
    public IReadOnlyList<double> KlPerDimension { get; }

    /// <summary>The principal components of the means, at most two.</summary>
    public Pca Components { get; }

    /// <summary>The share of the means' variance that lies in the components, between 0 and 1.</summary>
    public double ExplainedVariance { get; }

    /// <summary>Encodes and evaluates sentences.</summary>
    /// <param name="run">A VAE; of one with classes, the class that is chosen.</param>
    /// <param name="sentences">At least two, as <see cref="TrainedRun.TestSentences"/> gives them.</param>
    /// <param name="seed">Seed of the draws in the ELBO.</param>
    /// <exception cref="UserException">The model is no VAE, or there are fewer than two sentences.</exception>
    public static LatentMap Of(TrainedRun run, EncodedSentences sentences, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(sentences);
        Require.AtLeast(2, sentences.Count, "The number of sentences of the map");
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var vae = run.Vae;
        var kl = zeros(vae.LatentSize, dtype: ScalarType.Float64);
        foreach (var indices in new BatchSampler(sentences, new BatchOptions { BatchSize = 64, Shuffle = false }, 0).Epoch(0))
        {
            using var step = NewDisposeScope();
            var batch = sentences.Batch(indices, vae.Device);
            kl.add_(vae.Kl(batch, vae.Encode(batch)).sum([0L]).to_type(ScalarType.Float64).cpu());
        }

        return new LatentMap(
            sentences, vae.EncodeMeans(sentences), SentenceElbo.Evaluate(vae, sentences, draws: 1, seed),
            (kl / sentences.Count).data<double>().ToArray());
    }

    /// <summary>Where codes lie on the plane of the principal components.</summary>
    /// <param name="codes">[codes, latent].</param>
    /// <returns>[codes, 2]; the second is 0 where there is one component.</returns>
    public Tensor Project(Tensor codes)
    {
        using var scope = NewDisposeScope();
        var places = Components.Encode(codes);
        return (places.shape[1] == 2 ? places : cat([places, zeros_like(places)], 1)).MoveToOuterDisposeScope();
    }

    /// <summary>The sentences nearest to a code, the nearest first, by Euclidean distance.</summary>
    /// <param name="code">[latent].</param>
    /// <param name="count">How many, at most all.</param>
    public IReadOnlyList<Neighbour> Nearest(Tensor code, int count)
    {
        ArgumentNullException.ThrowIfNull(code);
        using var scope = NewDisposeScope();
        var places = NeighbourLabels.Nearest(code.unsqueeze(0), Means, count)[0]; // int64 [count]
        var distances = (Means.index_select(0, places) - code).norm(1).to_type(ScalarType.Float64);
        return [.. places.data<long>().ToArray().Zip(distances.data<double>().ToArray(), (i, d) => new Neighbour((int)i, d))];
    }

    /// <summary>The places of the sentences that hold some words or marks in a row, whatever their case; with <c>label:</c> before it,
    /// those of a label.</summary>
    /// <param name="words">A word is a whole one: <c>her</c> does not find <c>here</c>.</param>
    public IReadOnlyList<int> Find(string words)
    {
        ArgumentNullException.ThrowIfNull(words);
        const string label = "label:";
        words = words.Trim();
        bool Holds(Sentence sentence) => words.StartsWith(label, StringComparison.OrdinalIgnoreCase)
            ? sentence.Label.Equals(words[label.Length..].Trim(), StringComparison.OrdinalIgnoreCase)
            : HoldsWords(sentence.Text, words);
        return words.Length == 0 ? [] : [.. Enumerable.Range(0, Sentences.Count).Where(i => Holds(Sentences.Source(i)))];
    }

    /// <summary>The mean code of some sentences minus that of others (White 2016); [latent].</summary>
    /// <param name="with">Places of the sentences with an attribute; at least one.</param>
    /// <param name="without">Places of those without it; all others when empty.</param>
    /// <exception cref="UserException">One of the two sets is empty.</exception>
    public Tensor Direction(IReadOnlyList<int> with, IReadOnlyList<int> without)
    {
        ArgumentNullException.ThrowIfNull(with);
        ArgumentNullException.ThrowIfNull(without);
        if (without.Count == 0)
            without = [.. Enumerable.Range(0, Sentences.Count).Except(with)];
        if (with.Count == 0 || without.Count == 0)
            throw new UserException("No sentence is in one of the two sets; a direction needs some in both.");
        using var scope = NewDisposeScope();
        Tensor Mean(IReadOnlyList<int> rows) => Means.index_select(0, tensor(rows.Select(row => (long)row).ToArray())).mean([0L]);
        return (Mean(with) - Mean(without)).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        foreach (var tensor in new[] { Means, Components.Mean, Components.Components, Components.Variances })
            tensor.Dispose();
    }

    private static bool HoldsWords(string text, string words)
    {
        bool Joins(int left, int right) =>
            left >= 0 && right < text.Length && char.IsLetterOrDigit(text[left]) && char.IsLetterOrDigit(text[right]);
        for (var at = 0; (at = text.IndexOf(words, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
        {
            if (!Joins(at - 1, at) && !Joins(at + words.Length - 1, at + words.Length))
                return true;
        }

        return false;
    }
}
