using Research.TextVae.Support;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Spelling;

/// <summary>
/// Sentences that a channel misspells, for correctors to be compared on. Only sentences of known words are taken: what is meant must be
/// in the vocabulary to be found.
/// </summary>
public sealed class SpellingTest
{
    private readonly Vocabulary _vocabulary;
    private readonly TypoChannel _channel;
    private readonly string[][] _meant;

    /// <param name="sentences">Sentences as they are meant.</param>
    /// <param name="vocabulary">Their words.</param>
    /// <param name="channel">How words are misspelt.</param>
    /// <param name="count">How many sentences of known words are taken, at most, from the first on.</param>
    public SpellingTest(EncodedSentences sentences, Vocabulary vocabulary, TypoChannel channel, int count)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentNullException.ThrowIfNull(channel);
        (_vocabulary, _channel) = (vocabulary, channel);
        var known = sentences.Where(ids => !ids.Contains(Vocabulary.UnkId)).Take(count);
        _meant = [.. known.Select(ids => Array.ConvertAll(ids, id => vocabulary[id]))];
    }

    /// <summary>Number of sentences.</summary>
    public int Count => _meant.Length;

    /// <summary>Lets a corrector correct all sentences, misspelt by the channel.</summary>
    /// <param name="correct">Gives the words that it takes to be meant, one for each word that it is given.</param>
    /// <param name="seed">Seed of the channel: the same mistakes for the same seed.</param>
    /// <param name="progress">Called with the number of corrected sentences.</param>
    public SpellingTestResult Run(Func<IReadOnlyList<string>, IReadOnlyList<string>> correct, ulong seed, Action<int>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(correct);
        var random = new StableRandom(seed);
        string[][] observed = [.. _meant.Select(words => Array.ConvertAll(words, word => _channel.Corrupt(word, random)))];
        var score = new SpellingScore();
        var corrections = new List<CorrectedSentence>();
        for (var i = 0; i < _meant.Length; i++)
        {
            var corrected = correct(observed[i]);
            score.Add(_meant[i], observed[i], corrected, _vocabulary.Contains);
            corrections.Add(new CorrectedSentence(_meant[i], observed[i], corrected));
            progress?.Invoke(i + 1);
        }

        return new SpellingTestResult(score, corrections);
    }
}

/// <summary>How well a corrector did on a <see cref="SpellingTest"/>.</summary>
/// <param name="Score">Its score.</param>
/// <param name="Sentences">All sentences, in the test's order.</param>
public sealed record SpellingTestResult(SpellingScore Score, IReadOnlyList<CorrectedSentence> Sentences)
{
    /// <summary>Sentences with a mistake, as texts: written, corrected, and meant, or ✓ where that is the same as corrected.</summary>
    /// <param name="count">How many, at most, from the first on.</param>
    public IEnumerable<string[]> Examples(int count) => Sentences
        .Where(sentence => !sentence.Observed.SequenceEqual(sentence.Meant))
        .Take(count)
        .Select(sentence => new[]
        {
            string.Join(' ', sentence.Observed),
            string.Join(' ', sentence.Corrected),
            sentence.Corrected.SequenceEqual(sentence.Meant) ? "✓" : string.Join(' ', sentence.Meant),
        });
}

/// <summary>A sentence of a <see cref="SpellingTest"/>, three times as many words.</summary>
/// <param name="Meant">The words that are meant.</param>
/// <param name="Observed">The words as they are written.</param>
/// <param name="Corrected">The words as a corrector gives them.</param>
public sealed record CorrectedSentence(IReadOnlyList<string> Meant, IReadOnlyList<string> Observed, IReadOnlyList<string> Corrected);
