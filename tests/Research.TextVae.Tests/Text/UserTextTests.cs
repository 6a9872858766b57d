using Research.TextVae.Support;
using Research.TextVae.Text;

namespace Research.TextVae.Tests.Text;

public sealed class UserTextTests : IDisposable
{
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "mine.txt");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void One_sentence_a_line(string end)
    {
        string[] lines = [.. Enumerable.Range(1, 60).Select(i => $"this is line {i} , as it stands")];
        File.WriteAllText(_path, string.Join(end, lines));

        var corpus = Corpus.Load(_path);

        Assert.Equal(lines, corpus.Sentences.Select(sentence => sentence.Text));
        Assert.All(corpus.Documents, document => Assert.Equal("mine", document.Label));
        Assert.InRange(corpus.Documents.Count, 15, 30);
    }

    [Fact]
    public void Prose_broken_at_a_margin()
    {
        var sentence =
            "It is a truth _universally_ acknowledged that a single man in possession of a good\nfortune must be in want of a wife. "
                + "However little known the feelings of such a well-\nknown man may be, we met Mr. Bingley on his first entering the "
                + "neighbourhood--\nand he stayed.";
        File.WriteAllText(_path, string.Join("\n\n", Enumerable.Repeat(sentence, 30)));

        var corpus = Corpus.Load(_path);

        Assert.Equal(60, corpus.Sentences.Count());
        Assert.EndsWith(
            "such a well-known man may be, we met Mr. Bingley on his first entering the neighbourhood--and he stayed.",
            corpus.Documents[0].Sentences[1], StringComparison.Ordinal);
        Assert.Equal("It is a truth universally acknowledged that a single man in possession of a good fortune must be in want of a wife.",
            corpus.Documents[0].Sentences[0]);
    }

    [Fact]
    public void Any_file_of_twenty_sentences_can_be_divided()
    {
        File.WriteAllText(_path, string.Join(' ', Enumerable.Range(1, 20).Select(i => $"This is sentence {i}.")));

        var data = TextData.Load(_path, new TextOptions());

        Assert.Equal((12, 4, 4), (data.Train.Count, data.Validation.Count, data.Test.Count));
    }

    [Fact]
    public void The_layout_can_be_forced()
    {
        File.WriteAllText(_path, string.Concat(Enumerable.Repeat("One here. Two here.\n", 20)));

        Assert.Equal(40, Corpus.Load(_path).Sentences.Count());
        Assert.Equal(20, Corpus.Load(_path, new CorpusOptions { Layout = TextLayout.Lines }).Sentences.Count());
    }

    [Theory]
    [InlineData("", "holds no text")]
    [InlineData("\n \n\t\n", "holds no text")]
    [InlineData("One. Two. Three.", "holds 3 sentence(s)")]
    public void Too_little_text_is_refused(string text, string expected)
    {
        File.WriteAllText(_path, text);

        Assert.Contains(expected, Assert.Throws<UserException>(() => Corpus.Load(_path)).Message, StringComparison.Ordinal);
    }
}
