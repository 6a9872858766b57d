using Research.TextVae.Datasets;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Tests.Text;

/// <summary>On the real package, fetched once into the user's cache.</summary>
public class AustenTests
{
    private static readonly Lazy<Corpus> _corpus = new(() => Corpus.Load("austen"));

    private static readonly Lazy<WordTokenizer> _tokenizer = new(() => WordTokenizer.Train(
        _corpus.Value.Sentences.Select(sentence => sentence.Text), new WordTokenizerOptions { MaxVocabulary = 100_000 }));

    [Fact]
    public void Package_holds_six_novels_of_73422_lines()
    {
        var manifest = DatasetCatalog.Find("austen")!;
        var folder = new DatasetCache().Fetch(manifest);

        var books = RLazyLoad.ReadStrings(File.ReadAllBytes(Path.Combine(folder, "Rdata.rdb")));

        Assert.Equal(73_422, books.Sum(book => book.Count));
        Assert.Equal(
            ["EMMA", "MANSFIELD PARK", "NORTHANGER ABBEY", "Persuasion", "PRIDE AND PREJUDICE", "SENSE AND SENSIBILITY"],
            books.Select(book => book[0]));
    }

    [Fact]
    public void Chapters_are_the_documents()
    {
        var chapters = _corpus.Value.Documents.GroupBy(document => document.Label).Select(novel => (novel.Key, novel.Count()));

        Assert.Equal(
            [("Emma", 55), ("Mansfield Park", 48), ("Northanger Abbey", 31), ("Persuasion", 24), ("Pride and Prejudice", 61),
                ("Sense and Sensibility", 50)],
            chapters);
        Assert.StartsWith("It is a truth universally acknowledged", _corpus.Value.Documents.First(d => d.Label == "Pride and Prejudice")
            .Sentences[0], StringComparison.Ordinal);
        Assert.InRange(_corpus.Value.Sentences.Count(), 30_000, 35_000);
    }

    [Fact]
    public void Sentences_hold_no_headings_and_no_markup()
    {
        foreach (var sentence in _corpus.Value.Sentences)
        {
            Assert.DoesNotContain('_', sentence.Text);
            Assert.DoesNotContain("  ", sentence.Text, StringComparison.Ordinal);
            Assert.False(sentence.Text.StartsWith("CHAPTER", StringComparison.OrdinalIgnoreCase) && sentence.Text.Length < 14,
                sentence.Text);
            Assert.DoesNotMatch("^(FINIS|THE END|VOLUME [IV]+|\\*.*)$", sentence.Text);
        }
    }

    [Fact]
    public void A_sentence_is_not_divided_again()
    {
        foreach (var sentence in _corpus.Value.Sentences)
            Assert.Equal([sentence.Text], SentenceSplitter.Split(sentence.Text));
    }

    [Fact]
    public void Decoded_text_has_the_same_tokens_and_nearly_always_the_same_letters()
    {
        var tokenizer = _tokenizer.Value;
        int different = 0, count = 0;
        foreach (var sentence in _corpus.Value.Sentences)
        {
            var ids = tokenizer.EncodeToIds(sentence.Text);
            var text = tokenizer.Decode(ids);
            Assert.Equal(ids, tokenizer.EncodeToIds(text));
            different += string.Equals(text, sentence.Text, StringComparison.OrdinalIgnoreCase) ? 0 : 1;
            count++;
        }

        Assert.InRange(different, 0, count / 400);
    }

    [Fact]
    public void Prepared_data_is_reproducible_and_little_of_a_batch_is_padding()
    {
        var options = new TextOptions { MaxTokens = 40, Seed = 7 };
        var data = TextData.Prepare(_corpus.Value, options);
        var again = TextData.Prepare(_corpus.Value, options);

        Assert.Equal(10_000, data.Tokenizer.Vocabulary.Count);
        Assert.Equal(data.Summary, again.Summary);
        Assert.Equal(data.Test[17], again.Test[17]);
        Assert.InRange(data.Validation.UnknownRate, 0.001, 0.03);
        Assert.InRange((double)data.Validation.Count / data.Train.Count, 0.04, 0.09);

        var batches = new BatchSampler(data.Train, new BatchOptions { BatchSize = 32 }, 1).Epoch(0).ToList();
        var lengths = batches.ConvertAll(batch => Array.ConvertAll(batch, i => data.Train[i].Length + 1));
        var padding = 1 - ((double)lengths.Sum(batch => batch.Sum()) / lengths.Sum(batch => batch.Max() * batch.Length));
        Assert.InRange(padding, 0, 0.03);
    }

    [Fact]
    public void Margin_broken_prose_is_recognised()
    {
        var folder = new DatasetCache().Fetch(DatasetCatalog.Find("austen")!);
        var books = RLazyLoad.ReadStrings(File.ReadAllBytes(Path.Combine(folder, "Rdata.rdb")));

        Assert.All(books, book => Assert.Equal(TextLayout.Prose, LayoutDetector.Detect(book)));
        Assert.Equal(TextLayout.Lines, LayoutDetector.Detect(_corpus.Value.Sentences.Select(sentence => sentence.Text)));
        Assert.Equal(TextLayout.Paragraphs, LayoutDetector.Detect(Paragraphs.Join(books[4])));
    }
}
