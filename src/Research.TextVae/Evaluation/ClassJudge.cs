using Research.TextVae.Support;
using Research.TextVae.Text;

namespace Research.TextVae.Evaluation;

/// <summary>
/// A classifier of the real texts of a corpus that judges generated ones, and how far it can be trusted: it reads texts of all lengths as
/// they are written, and none of a document that holds a held-out text.
/// </summary>
public sealed class ClassJudge
{
    private static readonly int[] Parts = [16, 8, 4, 2];

    private readonly IReadOnlyList<string> _labels;
    private readonly Sentence[] _read;
    private readonly Sentence[] _unread;
    private readonly ulong _seed;

    private ClassJudge(IReadOnlyList<string> labels, Sentence[] read, Sentence[] unread, ulong seed)
    {
        (_labels, _read, _unread, _seed) = (labels, read, unread, seed);
        Classifier = NGramClassifier.Train(read, labels, seed);
    }

    /// <summary>The classifier.</summary>
    public NGramClassifier Classifier { get; }

    /// <summary>Number of texts that it has read.</summary>
    public int Read => _read.Length;

    /// <summary>Trains a judge.</summary>
    /// <param name="corpus">The texts with their labels.</param>
    /// <param name="labels">The labels of the classes.</param>
    /// <param name="data">The same corpus divided; the documents of its validation and test sentences are not read.</param>
    /// <param name="seed">Seed of the order of the texts.</param>
    /// <param name="most">Texts that are read at most, evenly spaced; all when 0.</param>
    public static ClassJudge Train(Corpus corpus, IReadOnlyList<string> labels, TextData data, ulong seed, int most = 0)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(data);
        var (test, validation) = (Documents(data.Test), Documents(data.Validation));
        Sentence[] texts = [.. corpus.Sentences.Where(text => labels.Contains(text.Label))];
        Sentence[] read = [.. texts.Where(text => !test.Contains(text.Document) && !validation.Contains(text.Document))];
        var step = most == 0 ? 1 : Math.Max(1, read.Length / Require.AtLeast(1, most));
        return new ClassJudge(
            labels, [.. read.Where((_, i) => i % step == 0)], [.. texts.Where(text => test.Contains(text.Document))], seed);
    }

    /// <summary>Share of sentences whose class it finds.</summary>
    /// <param name="sentences">Sentences with labels of the classes.</param>
    public double Accuracy(EncodedSentences sentences) => Classifier.Accuracy(Sources(sentences), _labels);

    /// <summary>The accuracy by the length of the texts of test documents, longer ones than those of the test sentences among them: the end
    /// of each range of words, and the accuracy of the texts in it.</summary>
    /// <param name="width">Words from one end to the next.</param>
    /// <param name="longest">The last end; texts that are longer are there too.</param>
    public IReadOnlyList<(int Words, double Accuracy)> ByLength(int width = 4, int longest = 24) =>
    [
        .. _unread.GroupBy(text => Math.Min(longest, (text.Text.Count(c => c == ' ') / width + 1) * width)).OrderBy(range => range.Key)
            .Select(range => (range.Key, Classifier.Accuracy([.. range], _labels))),
    ];

    /// <summary>The accuracy of judges that have read a sixteenth, an eighth, … all of the texts; whether more texts would help.</summary>
    /// <param name="sentences">Sentences with labels of the classes.</param>
    public IReadOnlyList<(int Texts, double Accuracy)> LearningCurve(EncodedSentences sentences) =>
    [
        .. Parts.Select(part => _read.Where((_, i) => i % part == 0).ToArray())
            .Select(part => (part.Length, NGramClassifier.Train(part, _labels, _seed).Accuracy(Sources(sentences), _labels))),
        (Read, Accuracy(sentences)),
    ];

    private static Sentence[] Sources(EncodedSentences sentences) => [.. Enumerable.Range(0, sentences.Count).Select(sentences.Source)];

    private static HashSet<string> Documents(EncodedSentences sentences) => [.. Sources(sentences).Select(text => text.Document)];
}
