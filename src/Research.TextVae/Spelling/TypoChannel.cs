using Research.TextVae.Support;

namespace Research.TextVae.Spelling;

/// <summary>
/// A channel that misspells words, with known probabilities: a word is left alone, or one of four slips happens to it, each as likely
/// (the noisy channel of Kernighan, Church and Gale 1990, with uniform confusions): a letter is left out, added or replaced, or two
/// neighbours change places. Where and with which letter is uniform.
/// </summary>
public sealed record TypoChannel
{
    private const int Letters = 'z' - 'a' + 1;
    private const double Slip = 1.0 / 4;

    /// <summary>Probability that a slip happens to a word.</summary>
    public double Rate { get; init => field = Require.Within(0, 0.99, value); } = 0.1;

    /// <summary>Shorter words are left alone.</summary>
    public int MinLength { get; init => field = Require.AtLeast(2, value); } = 3;

    /// <summary>Whether a slip may happen to a word: it is long enough and has only the letters a to z.</summary>
    public bool Touches(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        return word.Length >= MinLength && !word.AsSpan().ContainsAnyExceptInRange('a', 'z');
    }

    /// <summary>Sends a word through the channel.</summary>
    public string Corrupt(string word, StableRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (!Touches(word) || random.NextDouble() >= Rate)
            return word;
        switch (random.Next(4))
        {
            case 0:
                return word.Remove(random.Next(word.Length), 1);
            case 1:
                return word.Insert(random.Next(word.Length + 1), Letter(random.Next(Letters)));
            case 2:
                var at = random.Next(word.Length);
                // One of the 25 other letters.
                var other = (word[at] - 'a' + 1 + random.Next(Letters - 1)) % Letters;
                return word.Remove(at, 1).Insert(at, Letter(other));
            default:
                var first = random.Next(word.Length - 1);
                return word.Remove(first, 1).Insert(first + 1, word[first].ToString());
        }
    }

    /// <summary>log p(observed | word) in nats; −∞ where the channel cannot turn one into the other.</summary>
    // p(o|w) = (1 − r)·[o = w] + r/4·( deletions/n + insertions/(26(n+1)) + replacements/(25n) + transpositions/(n−1) ), each the number of
    // ways from w to o
    public double LogProbability(string observed, string word)
    {
        ArgumentNullException.ThrowIfNull(observed);
        if (!Touches(word))
            return observed == word ? 0 : double.NegativeInfinity;
        var n = word.Length;
        var slips = (observed.Length - n) switch
        {
            -1 => WaysToLeaveOut(word, observed) / n,
            1 => WaysToLeaveOut(observed, word) / (Letters * (n + 1.0)),
            0 => Replacements(observed, word) / ((Letters - 1.0) * n) + Transpositions(observed, word) / (n - 1.0),
            _ => 0,
        };
        return Math.Log((observed == word ? 1 - Rate : 0) + Rate * Slip * slips);
    }

    /// <summary>What can have been meant by a word: every string that one slip, or none, turns into it, most of them no words.</summary>
    public static IEnumerable<string> Sources(string observed)
    {
        ArgumentNullException.ThrowIfNull(observed);
        yield return observed;
        for (var i = 0; i <= observed.Length; i++)
        {
            for (var letter = 0; letter < Letters; letter++)
            {
                yield return observed.Insert(i, Letter(letter));
                if (i < observed.Length)
                    yield return observed.Remove(i, 1).Insert(i, Letter(letter));
            }

            if (i < observed.Length)
                yield return observed.Remove(i, 1);
            if (i + 1 < observed.Length)
                yield return observed.Remove(i, 1).Insert(i + 1, observed[i].ToString());
        }
    }

    // Several, where the letter stands in a run of equal ones.
    private static double WaysToLeaveOut(string longer, string shorter) =>
        Enumerable.Range(0, longer.Length)
            .Count(i => longer.AsSpan(0, i).SequenceEqual(shorter.AsSpan(0, i)) && longer.AsSpan(i + 1).SequenceEqual(shorter.AsSpan(i)));

    // The channel writes only the letters a to z.
    private static double Replacements(string observed, string word) =>
        Enumerable.Range(0, word.Length).Where(i => observed[i] != word[i]).Take(2).ToArray() is [var only]
            && observed[only] is >= 'a' and <= 'z'
            ? 1
            : 0;

    private static double Transpositions(string observed, string word) => Enumerable.Range(0, word.Length - 1).Count(i =>
        observed[i] == word[i + 1] && observed[i + 1] == word[i]
        && observed.AsSpan(0, i).SequenceEqual(word.AsSpan(0, i)) && observed.AsSpan(i + 2).SequenceEqual(word.AsSpan(i + 2)));

    private static string Letter(int index) => ((char)('a' + index)).ToString();
}
