using Research.TextVae.Evaluation;

namespace Research.TextVae.Tests.Evaluation;

public sealed class TokenFrequenciesTests
{
    [Fact]
    public void Counts_tokens()
    {
        int[][] texts = [[4, 5, 5], [6, 5, 4, 3, 3, 3, 3]];
        Assert.Equal([5, 4], TokenFrequencies.MostFrequent(texts, 2, id => id >= 4));
        Assert.Equal([300, 200, 0], TokenFrequencies.PerThousand(texts, [5, 4, 9]));
    }
}
