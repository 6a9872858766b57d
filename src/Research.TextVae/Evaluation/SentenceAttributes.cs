using System.Text.RegularExpressions;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Evaluation;

/// <summary>Attributes of sentences by rules anybody can check, as a class from 0 for each sentence.</summary>
public static partial class SentenceAttributes
{
    private static readonly string[] Past = ["was", "were", "had", "did"];
    private static readonly string[] Present = ["is", "are", "am", "has", "have", "do", "does"];

    /// <summary>The number of tokens, in bins of equal counts.</summary>
    /// <param name="sentences">The sentences.</param>
    /// <param name="bins">How many bins.</param>
    public static int[] Lengths(EncodedSentences sentences, int bins)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        return AttributeInformation.Bins([.. sentences.Lengths.Select(length => (double)length)], bins);
    }

    /// <summary>
    /// 1 for the past, with was, were, had, did or a word in -ed; 2 for the present, with is, are, am, has, have, do or does; 0 with words
    /// of both or of neither.
    /// </summary>
    /// <param name="sentences">English sentences.</param>
    public static int[] Tenses(EncodedSentences sentences)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        return [.. sentences.Texts.Select(Tense)];
    }

    /// <summary>The last token: 0 for a full stop, 1 for a question mark, 2 for an exclamation mark, 3 for any other.</summary>
    /// <param name="sentences">The sentences.</param>
    /// <param name="tokenizer">What made tokens of them.</param>
    public static int[] LastMarks(EncodedSentences sentences, Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        ArgumentNullException.ThrowIfNull(tokenizer);
        return [.. sentences.Select(ids => tokenizer.Decode([ids[^1]]) switch { "." => 0, "?" => 1, "!" => 2, _ => 3 })];
    }

    /// <summary>The labels, numbered as they come.</summary>
    /// <param name="sentences">The sentences.</param>
    public static int[] Labels(EncodedSentences sentences)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        var numbers = new Dictionary<string, int>();
        var labels = Enumerable.Range(0, sentences.Count).Select(i => sentences.Source(i).Label);
        return [.. labels.Select(label => numbers.TryGetValue(label, out var number) ? number : numbers[label] = numbers.Count)];
    }

    private static int Tense(string sentence)
    {
        var words = NoLetters().Split(sentence.ToLowerInvariant());
        var before = words.Any(word => Past.Contains(word) || (word.Length > 4 && word.EndsWith("ed", StringComparison.Ordinal)));
        var now = words.Any(Present.Contains);
        return before == now ? 0 : before ? 1 : 2;
    }

    [GeneratedRegex("[^a-z]+")]
    private static partial Regex NoLetters();
}
