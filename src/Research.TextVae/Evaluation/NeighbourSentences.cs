using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>A sentence and the sentences that are nearest to it in the latent space, for a reader to judge what codes preserve.</summary>
/// <param name="Sentence">The sentence.</param>
/// <param name="Nearest">The others, the nearest first, by Euclidean distance.</param>
public sealed record NeighbourSentences(Sentence Sentence, IReadOnlyList<Sentence> Nearest)
{
    /// <summary>Finds the neighbours of the first sentences of a set.</summary>
    /// <param name="codes">Codes of the set; [sentences, latent].</param>
    /// <param name="sentences">The set.</param>
    /// <param name="otherCodes">Codes of the sentences among which to look; [others, latent].</param>
    /// <param name="others">Those sentences.</param>
    /// <param name="count">How many sentences of the set, at most.</param>
    /// <param name="neighbours">How many neighbours of each, at most.</param>
    public static IReadOnlyList<NeighbourSentences> Of(
        Tensor codes, EncodedSentences sentences, Tensor otherCodes, EncodedSentences others, int count, int neighbours)
    {
        ArgumentNullException.ThrowIfNull(codes);
        ArgumentNullException.ThrowIfNull(sentences);
        ArgumentNullException.ThrowIfNull(others);
        using var scope = NewDisposeScope();
        var rows = Math.Min(count, sentences.Count);
        var nearest = NeighbourLabels.Nearest(codes.narrow(0, 0, rows), otherCodes, neighbours); // int64 [rows, neighbours]
        Sentence[] Neighbours(int row) => [.. nearest[row].data<long>().ToArray().Select(place => others.Source((int)place))];
        return [.. Enumerable.Range(0, rows).Select(row => new NeighbourSentences(sentences.Source(row), Neighbours(row)))];
    }

    /// <summary>The sentence, its label, and its neighbours with theirs, as cells of a table.</summary>
    public string[] ToRow() =>
        [Sentence.Text, Sentence.Label, string.Join(" · ", Nearest.Select(neighbour => $"{neighbour.Text} ({neighbour.Label})"))];
}
