using Research.TextVae.Evaluation;

namespace Research.TextVae.Tests.Evaluation;

public sealed class BleuTests
{
    [Fact]
    public void Of_identical_texts_is_100() =>
        Assert.Equal(100, Bleu.Corpus([([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]), ([6, 7, 8, 9], [6, 7, 8, 9])]), 10);

    /// <summary>Worked by hand: p = 6/7, 4/6, 2/5, 1/4 and candidate length 7 against 6, so no brevity penalty.</summary>
    [Fact]
    public void Agrees_with_a_worked_example()
    {
        int[] reference = [1, 2, 3, 4, 5, 6];
        int[] candidate = [1, 2, 3, 4, 9, 5, 6];

        var expected = 100 * Math.Pow(6.0 / 7 * (4.0 / 6) * (2.0 / 5) * (1.0 / 4), 0.25);
        Assert.Equal(expected, Bleu.Corpus([(candidate, reference)]), 10);
    }

    /// <summary>Counts are clipped to the reference, and a short candidate is penalised by exp(1 − r/c).</summary>
    [Fact]
    public void Clips_repetitions_and_penalises_brevity()
    {
        Assert.Equal(0, Bleu.Corpus([([1, 1, 1, 1, 1], [1, 2, 3, 4, 5])]));
        Assert.Equal(100 * Math.Exp(1 - 8.0 / 4), Bleu.Corpus([([1, 2, 3, 4], [1, 2, 3, 4, 5, 6, 7, 8])]), 10);
    }
}
