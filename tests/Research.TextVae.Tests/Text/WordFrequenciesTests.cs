using Research.TextVae.Text;

namespace Research.TextVae.Tests.Text;

public sealed class WordFrequenciesTests
{
    [Fact]
    public void Counts_each_text_once() =>
        Assert.Equal(["a", "b"], WordFrequencies.MostFrequent(["A c c c", "b a", "a b", "d"], 2));

    [Fact]
    public void Equally_frequent_words_come_as_they_were_read() =>
        Assert.Equal(["z", "y", "x"], WordFrequencies.MostFrequent(["z y", "x"], 5));
}
