using Research.TextVae.Support;
using Research.TextVae.Text;

namespace Research.TextVae.Tests.Text;

public sealed class CorpusTests
{
    /// <summary>Names with commas between them are one corpus; equal titles stay apart.</summary>
    [Fact]
    public void Joins_corpora()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            string[] paths = [.. new[] { "a", "b" }.Select(name => Path.Combine(folder.FullName, $"{name}.txt"))];
            foreach (var path in paths)
                File.WriteAllLines(path, Enumerable.Range(0, 30).Select(i => $"Sentence {i} of {Path.GetFileName(path)}."));
            Corpus[] parts = [.. paths.Select(path => Corpus.Load(path))];

            var joined = Corpus.Load($"{paths[0]}, {paths[1]}");

            Assert.Equal("a,b", joined.Name);
            Assert.Equal(parts.SelectMany(part => part.Sentences.Select(sentence => sentence.Text)),
                joined.Sentences.Select(sentence => sentence.Text));
            Assert.Equal(parts.SelectMany(part => part.Documents.Select(document => $"{part.Name}: {document.Title}")),
                joined.Documents.Select(document => document.Title));
            Assert.Contains("'c' is neither", Assert.Throws<UserException>(() => Corpus.Load(paths[0] + ",c")).Message,
                StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

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
