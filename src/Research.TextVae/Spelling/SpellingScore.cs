namespace Research.TextVae.Spelling;

/// <summary>How well a corrector did, counted in words. A word that reads as another word of the vocabulary is a real-word error.</summary>
public sealed class SpellingScore
{
    private int _words, _right, _misspelt, _mended, _realWord, _realWordMended, _spoilt, _sentences, _sentencesRight;

    /// <summary>Share of misspelt words that were restored.</summary>
    public double Mended => (double)_mended / _misspelt;

    /// <summary>Share of misspelt words that read as other words and were restored.</summary>
    public double RealWordsMended => (double)_realWordMended / _realWord;

    /// <summary>Share of words written as meant that were changed.</summary>
    public double Spoilt => (double)_spoilt / (_words - _misspelt);

    /// <summary>Share of words that are right in the end.</summary>
    public double WordAccuracy => (double)_right / _words;

    /// <summary>Share of sentences without a mistake in the end.</summary>
    public double SentenceAccuracy => (double)_sentencesRight / _sentences;

    /// <summary>Misspelt words so far.</summary>
    public int Misspelt => _misspelt;

    /// <summary>Those of them that read as other words.</summary>
    public int RealWordErrors => _realWord;

    /// <summary>Counts a sentence.</summary>
    /// <param name="meant">Its words.</param>
    /// <param name="observed">The words as they were written.</param>
    /// <param name="corrected">The words the corrector gives.</param>
    /// <param name="isWord">Whether a string is a word of the vocabulary.</param>
    /// <exception cref="ArgumentException">The three do not have equally many words.</exception>
    public void Add(IReadOnlyList<string> meant, IReadOnlyList<string> observed, IReadOnlyList<string> corrected, Func<string, bool> isWord)
    {
        ArgumentNullException.ThrowIfNull(meant);
        ArgumentNullException.ThrowIfNull(observed);
        ArgumentNullException.ThrowIfNull(corrected);
        ArgumentNullException.ThrowIfNull(isWord);
        if (observed.Count != meant.Count || corrected.Count != meant.Count)
            throw new ArgumentException(
                $"{meant.Count} words were meant, {observed.Count} observed and {corrected.Count} corrected.", nameof(corrected));
        var all = true;
        for (var i = 0; i < meant.Count; i++)
        {
            var right = corrected[i] == meant[i];
            all &= right;
            _words++;
            _right += right ? 1 : 0;
            if (observed[i] == meant[i])
            {
                _spoilt += right ? 0 : 1;
                continue;
            }

            _misspelt++;
            _mended += right ? 1 : 0;
            if (isWord(observed[i]))
            {
                _realWord++;
                _realWordMended += right ? 1 : 0;
            }
        }

        _sentences++;
        _sentencesRight += all ? 1 : 0;
    }
}
