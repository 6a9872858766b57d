using Research.TextVae.Models;
using Research.TextVae.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>The training sentence that is nearest to each sample: whether a model writes or copies.</summary>
public static class NearestSentence
{
    /// <summary>By the fewest edits of tokens; the value is their number, 0 for a copy.</summary>
    /// <param name="texts">Token ids of the samples.</param>
    /// <param name="among">Token ids of the sentences to compare with; at least one.</param>
    public static IReadOnlyList<Neighbour> ByEditDistance(IReadOnlyList<int[]> texts, IReadOnlyList<int[]> among)
    {
        ArgumentNullException.ThrowIfNull(texts);
        RequireSome(among);
        return [.. texts.Select(text =>
        {
            var distance = new EditDistance(text);
            var nearest = new Neighbour(0, distance.To(among[0]));
            // Every token that one text has more than the other is an edit.
            for (var i = 1; i < among.Count; i++)
                if (Math.Abs(among[i].Length - text.Length) < nearest.Value && distance.To(among[i]) is var edits && edits < nearest.Value)
                    nearest = new Neighbour(i, edits);
            return nearest;
        })];
    }

    /// <summary>By BLEU-4 of the sample with the sentence as its reference, 0 to 100 as in <see cref="Bleu.Sentence"/>.</summary>
    /// <inheritdoc cref="ByEditDistance"/>
    public static IReadOnlyList<Neighbour> ByBleu(IReadOnlyList<int[]> texts, IReadOnlyList<int[]> among)
    {
        ArgumentNullException.ThrowIfNull(texts);
        RequireSome(among);
        // Where each n-gram of the samples occurs, so that a sentence meets only the samples with which it has something in common.
        var places = Enumerable.Range(1, NGramCounter.MaxOrder)
            .SelectMany(
                order => texts.SelectMany((text, i) => NGramCounter.Count(text, order)
                    .Select(pair => (NGram: pair.Key, Text: i, Count: pair.Value))))
            .GroupBy(place => place.NGram)
            .ToDictionary(group => group.Key, group => group.Select(place => (place.Text, place.Count)).ToArray());
        var nearest = new Neighbour[texts.Count];
        var matches = new double[texts.Count * NGramCounter.MaxOrder]; // [text, order]
        for (var i = 0; i < among.Count; i++)
        {
            HostInterruption.Check();
            Array.Clear(matches);
            for (var order = 1; order <= NGramCounter.MaxOrder; order++)
                foreach (var (ngram, count) in NGramCounter.Count(among[i], order))
                    foreach (var (text, own) in places.GetValueOrDefault(ngram, []))
                        matches[text * NGramCounter.MaxOrder + order - 1] += Math.Min(count, own);
            for (var text = 0; text < texts.Count; text++)
            {
                var bleu =
                    Bleu.Smoothed(matches.AsSpan(text * NGramCounter.MaxOrder, NGramCounter.MaxOrder), texts[text].Length, among[i].Length);
                if (bleu > nearest[text].Value)
                    nearest[text] = new Neighbour(i, bleu);
            }
        }

        return nearest;
    }

    /// <summary>By the cosine of bags of words in the weights of <see cref="TfIdf"/>; the value is the cosine.</summary>
    /// <inheritdoc cref="ByEditDistance"/>
    public static IReadOnlyList<Neighbour> ByTfIdf(IReadOnlyList<int[]> texts, IReadOnlyList<int[]> among)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var documents = new TfIdf(among);
        return [.. texts.Select(text =>
        {
            HostInterruption.Check();
            var cosines = documents.Cosines(text);
            var highest = cosines.Max();
            return new Neighbour(Array.IndexOf(cosines, highest), highest);
        })];
    }

    /// <summary>By the cosine of embeddings, such as posterior means; the value is the cosine.</summary>
    /// <param name="texts">[texts, features].</param>
    /// <param name="among">[sentences, features].</param>
    // cos = x · y / (‖x‖ ‖y‖)
    public static IReadOnlyList<Neighbour> ByEmbedding(Tensor texts, Tensor among)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(among);
        const int together = 256;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        static Tensor Directions(Tensor x) => nn.functional.normalize(x, dim: 1);
        var sentences = Directions(among).t();
        var nearest = new List<Neighbour>();
        foreach (var some in Directions(texts).split(together))
        {
            HostInterruption.Check();
            using var step = NewDisposeScope();
            var (cosines, indices) = some.matmul(sentences).topk(1, 1); // [together, 1]
            nearest.AddRange(indices.data<long>().ToArray().Zip(
                cosines.to_type(ScalarType.Float64).data<double>().ToArray(), (index, cosine) => new Neighbour((int)index, cosine)));
        }

        return nearest;
    }

    private static void RequireSome(IReadOnlyList<int[]> among)
    {
        ArgumentNullException.ThrowIfNull(among);
        Require.AtLeast(1, among.Count, "The number of sentences to look for the nearest in");
    }
}
