using Research.TextVae.Charts;
using Research.TextVae.Evaluation;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Experiments;

/// <summary>A map of attention weights among the series of a variant, and its figure.</summary>
public static class RecordedAttention
{
    private const string Weights = "attention";
    private const string Read = "read";

    /// <summary>Records the weights, row after row, with the tokens that they belong to.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="attention">The weights.</param>
    /// <param name="tokenizer">Turns token ids into the labels of rows and columns.</param>
    public static void Record(this Variant variant, SourceAttention attention, Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(variant);
        ArgumentNullException.ThrowIfNull(attention);
        ArgumentNullException.ThrowIfNull(tokenizer);
        var (columns, rows) = (attention.Source.Count, attention.Target.Count);
        var (read, written) = (Labels(attention.Source, tokenizer), Labels(attention.Target, tokenizer));
        variant.Record(
            Weights,
            Enumerable.Range(0, rows * columns).Select(i => (double)(i % columns)),
            attention.Weights.SelectMany(row => row),
            Enumerable.Range(0, rows * columns).Select(i => written[i / columns]));
        variant.Record(Read, Enumerable.Range(0, columns).Select(i => (double)i), new double[columns], read);
    }

    /// <summary>The weights as a heat map: a row for each generated token, a column for each token of the source.</summary>
    /// <param name="row">The variant's results.</param>
    public static Figure Attention(this StudyRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var (weights, read) = (row.Curve(Weights), row.Curve(Read).Labels!);
        var written = weights.Labels!.Chunk(read.Count).Select(labels => labels[0]);
        return Figure.Of(Heatmap.Of([.. weights.Y.Chunk(read.Count)], read, written, "weight")).Height(460);
    }

    // Numbered, because a token may occur twice.
    private static string[] Labels(IReadOnlyList<int> ids, Tokenizer tokenizer) =>
        [.. ids.Select((id, i) => $"{i + 1} {(id == Vocabulary.EosId ? "</s>" : tokenizer.Decode([id]).Trim())}")];
}
