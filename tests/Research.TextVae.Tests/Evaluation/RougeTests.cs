using Research.TextVae.Evaluation;
using Research.TextVae.Support;

namespace Research.TextVae.Tests.Evaluation;

public class RougeTests
{
    /// <summary>The example of Lin 2004, section 3: by words both candidates share three, in order one shares three and the other
    /// two.</summary>
    [Fact]
    public void The_papers_example()
    {
        const string reference = "police killed the gunman";
        var first = Rouge.ComputeCorpus([("police kill the gunman", reference)]);
        var second = Rouge.ComputeCorpus([("the gunman kill police", reference)]);

        Assert.Equal((75.0, 75.0), (first.Rouge1, first.RougeL));
        Assert.Equal((75.0, 50.0), (second.Rouge1, second.RougeL));
        Assert.Equal(100 / 3.0, first.Rouge2, 9);
        Assert.Equal(100 / 3.0, second.Rouge2, 9);
    }

    /// <summary>Punctuation marks are no words: a full stop at both ends is nothing shared.</summary>
    [Fact]
    public void Punctuation_does_not_count()
    {
        Assert.Equal(new Rouge(0, 0, 0), Rouge.ComputeCorpus([("a dog , .", "the cat , .")]));
        Assert.Equal(new Rouge(100, 100, 100), Rouge.ComputeCorpus([("The cat's mat.", "\"the cat s\" mat")]));
    }

    [Fact]
    public void Precision_recall_and_clipped_counts_by_hand()
    {
        // the, cat, sat against the, the, cat, ate, fish: 2 of 3 and 2 of 5; the pair "the cat" 1 of 2 and 1 of 4.
        var one = Rouge.ComputeCorpus([("The cat sat", "the the cat ate fish")]);
        Assert.Equal(100 * 2 * (2 / 3.0) * (2 / 5.0) / (2 / 3.0 + 2 / 5.0), one.Rouge1, 9);
        Assert.Equal(100 * 2 * (1 / 2.0) * (1 / 4.0) / (1 / 2.0 + 1 / 4.0), one.Rouge2, 9);
        Assert.Equal(50, one.RougeL, 9);

        Assert.Equal(new Rouge(50, 50, 50), Rouge.ComputeCorpus([("a b c", "a b c"), ("x y", "p q")]));
        Assert.Equal(new Rouge(0, 0, 0), Rouge.Compute([], [1]));
        Assert.Equal(100 * 2.0 * 2 / 6, Rouge.Compute([1, 1, 1], [1, 1, 2]).Rouge1, 9);
        Assert.Throws<UserException>(() => Rouge.ComputeCorpus([]));
    }
}
