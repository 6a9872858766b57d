using Research.TextVae.Text;

namespace Research.TextVae.Tests.Text;

public sealed class SentenceGroupsTests
{
    [Fact]
    public void Groups_stay_within_a_chapter()
    {
        int[][] ids = [[4, 9], [5], [6], [7], [4]];
        string[] chapters = ["1", "1", "1", "2", "3"];
        var sentences = new EncodedSentences(ids, [.. chapters.Select(chapter => new Sentence("", chapter, ""))]);

        var groups = SentenceGroups.Of(sentences, count: 2, id => id > 4);

        Assert.Equal([[9, 5], [6], [7]], groups);
    }
}
