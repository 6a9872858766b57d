using Research.TextVae.Evaluation;
using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Reports;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Experiments;

/// <summary>Records what comes back of sentences, and what a VAE decodes from the prior and between sentences.</summary>
public static class RecordedReconstructions
{
    private static readonly GenerationOptions _greedy = GenerationOptions.Greedy with { MaxTokens = 30 };

    /// <summary>The share of sentences that greedy reconstruction gives back token by token.</summary>
    public static Metric WordForWord { get; } = new("word for word", "0.0%", Best.Highest);

    /// <summary>The share of different texts among those decoded greedily from draws of the prior: where the code says nothing, they are
    /// all the same.</summary>
    public static Metric DifferentSamples { get; } = new("different samples", "0%");

    /// <summary>Records <see cref="Metric.ReconstructionBleu"/> and <see cref="WordForWord"/> of greedy reconstructions, the latter by
    /// length too as the series "by length", and some of them as the texts "Reconstructions".</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="model">The model.</param>
    /// <param name="sentences">The sentences.</param>
    /// <param name="tokenizer">Turns token ids into texts.</param>
    /// <param name="shown">How many are shown.</param>
    public static void RecordReconstructions(
        this Variant variant, TextVaeModel model, EncodedSentences sentences, Tokenizer tokenizer, int shown = 16)
    {
        ArgumentNullException.ThrowIfNull(variant);
        ArgumentNullException.ThrowIfNull(sentences);
        ArgumentNullException.ThrowIfNull(tokenizer);
        var written = Reconstruction.Greedy(model, sentences);
        double[] same = [.. written.Select((ids, i) => ids.SequenceEqual(sentences[i]) ? 1.0 : 0)];
        variant.Record(Metric.ReconstructionBleu, Bleu.Corpus(
            written.Select((ids, i) => ((IReadOnlyList<int>)ids, (IReadOnlyList<int>)sentences[i]))));
        variant.Record(WordForWord, same.Average());
        var lengths = Enumerable.Range(0, sentences.Count).GroupBy(i => sentences[i].Length).OrderBy(own => own.Key).ToArray();
        variant.Record("by length", lengths.Select(own => (double)own.Key), lengths.Select(own => own.Average(i => same[i])));
        var rows = Enumerable.Range(0, Math.Min(shown, sentences.Count)).Select(row => row * sentences.Count / shown);
        variant.Record("Reconstructions", ["sentence", "reconstruction"], rows.Select(i =>
            new[] { tokenizer.Decode(sentences[i]), tokenizer.Decode(written[i]) }));
    }

    /// <summary>Records <see cref="DifferentSamples"/>, and as the texts "Samples" and "Interpolations" what is decoded greedily from
    /// draws of the prior and between the first two pairs of sentences.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="model">The model.</param>
    /// <param name="sentences">At least four sentences.</param>
    /// <param name="tokenizer">Turns token ids into texts.</param>
    /// <param name="samples">Draws of the prior.</param>
    public static void RecordSamples(
        this Variant variant, TextVaeModel model, EncodedSentences sentences, Tokenizer tokenizer, int samples)
    {
        ArgumentNullException.ThrowIfNull(variant);
        ArgumentNullException.ThrowIfNull(sentences);
        ArgumentNullException.ThrowIfNull(tokenizer);
        string[] texts = [.. model.Generate(samples, _greedy, variant.Seed).Select(ids => tokenizer.Decode(ids))];
        variant.Record(DifferentSamples, texts.Distinct().Count() / (double)samples);
        variant.Record("Samples", ["draw", "text"], texts.Take(8).Select((text, i) => new[] { $"{i + 1}", text }));
        var walks = LatentWalk.Between(model, sentences.EvenlySpaced(4), tokenizer, steps: 7, _greedy);
        variant.Record("Interpolations", ["point", "text"], walks.SelectMany(walk =>
            walk.Texts.Select((text, i) => new[] { i == 0 ? "from" : i == walk.Texts.Count - 1 ? "to" : $"{i}", text })));
    }
}
