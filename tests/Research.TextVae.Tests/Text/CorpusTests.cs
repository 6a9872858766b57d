using Research.TextVae.Text;

namespace Research.TextVae.Tests.Text;

public sealed class CorpusTests
{
    [Fact]
    public void Keeps_some_sentences_and_the_documents_that_have_them()
    {
        var corpus = new Corpus("name", "title", "licence", [new Document("one", "x", ["a", "bb", "c"]), new Document("two", "y", ["dd"])]);

        var kept = corpus.Where(sentence => sentence.Length == 1);

        var document = Assert.Single(kept.Documents);
        Assert.Equal(("one", "x"), (document.Title, document.Label));
        Assert.Equal(["a", "c"], document.Sentences);
        Assert.Equal(("name", "title", "licence"), (kept.Name, kept.Title, kept.Licence));
    }
}
