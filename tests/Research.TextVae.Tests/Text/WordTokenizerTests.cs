using Research.TextVae.Support;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Tests.Text;

public class WordTokenizerTests
{
    [Theory]
    [InlineData("I don't; won't, can't!", "i do n't ; wo n't , ca n't !")]
    [InlineData("Emma's friend, the Eltons' house; she'd've gone", "emma 's friend , the eltons ’ house ; she 'd 've gone")]
    [InlineData("\"'Tis he,\" she said, \"o'clock, ma'am.\"", "“ 'tis he , ” she said , “ o'clock , ma'am . ”")]
    [InlineData("“It’s ‘so’ …” – he", "“ it 's ‘ so ’ ... ” -- he")]
    [InlineData("brother-in-law--yes - no, on the 21st", "brother-in-law -- yes -- no , on the 21st")]
    [InlineData("Lord ---- of the ----shire", "lord ---- of the ---- shire")]
    [InlineData("Mr. Knightley, Esq. &c. at 10:30, £1,000.50.", "mr. knightley , esq. &c. at 10:30 , £ 1,000.50 .")]
    [InlineData("F. C. Weston of H.M.S. Thrush, it is I.", "f. c. weston of h.m.s. thrush , it is i .")]
    [InlineData("(well... [no])", "( well ... [ no ] )")]
    [InlineData("<unk> of <s> the", "<unk> of < s > the")]
    [InlineData("NAÏVE Café naı\u0308ve", "naïve café naı\u0308ve")]
    [InlineData("日本 ok 👍🏽!", "日 本 ok 👍🏽 !")]
    [InlineData("a\u00ADb\u200B \u0007", "a b")]
    [InlineData(" \n", "")]
    public void Finds_words(string text, string expected)
    {
        var tokens = Any().EncodeToTokens(text, out _).Select(token => token.Value);

        Assert.Equal(expected, string.Join(' ', tokens));
    }

    [Theory]
    [InlineData("\"i don't know,\" said mr. elton; \"it's the eltons' house--isn't it?\"")]
    [InlineData("he (the brother-in-law) paid £5,000, or 10%...")]
    [InlineData("'tis the lord ---- i saw.")]
    public void Decodes_to_readable_text(string text)
    {
        var tokenizer = WordTokenizer.Train([text], new WordTokenizerOptions());

        Assert.Equal(text, tokenizer.Decode([Vocabulary.BosId, .. tokenizer.EncodeToIds(text), Vocabulary.EosId, Vocabulary.PadId]));
    }

    [Fact]
    public void Offsets_point_into_the_normalized_text()
    {
        var tokens = Any().EncodeToTokens("Cafe\u0301 isn't", out var normalized);

        Assert.Equal("Café isn't", normalized);
        Assert.Equal(["Café", "is", "n't"], tokens.Select(token => normalized![token.Offset]));
        Any().EncodeToTokens("plain", out var same);
        Assert.Null(same);
    }

    [Fact]
    public void Vocabulary_is_ordered_by_frequency_then_ordinally_and_bounded()
    {
        var tokenizer = WordTokenizer.Train(["b a c c", "a b d <unk> <unk> <unk>"], new WordTokenizerOptions { MaxVocabulary = 7 });

        Assert.Equal(["<pad>", "<s>", "</s>", "<unk>", "a", "b", "c"], Enumerable.Range(0, tokenizer.Vocabulary.Count)
            .Select(id => tokenizer.Vocabulary[id]));
        Assert.Equal([4, Vocabulary.UnkId, Vocabulary.UnkId], tokenizer.EncodeToIds("A d <unk>"));
        Assert.Equal(4, WordTokenizer.Train(["a b"], new WordTokenizerOptions { MinFrequency = 2 }).Vocabulary.Count);
        Assert.Equal(2, WordTokenizer.Train(["Aa aA"], new WordTokenizerOptions { Lowercase = false }).Vocabulary.Words.Count());
    }

    [Fact]
    public void Survives_saving()
    {
        var path = Path.GetTempFileName();
        var tokenizer = WordTokenizer.Train(["“Don't!” said naïve 日本 Emma's \"aunt\""], new WordTokenizerOptions { Lowercase = false });
        tokenizer.Save(path);

        var loaded = WordTokenizer.Load(path);

        Assert.Equal(tokenizer.Vocabulary.Words, loaded.Vocabulary.Words);
        Assert.False(loaded.Lowercase);
        tokenizer.Vocabulary.Save(path);
        Assert.Equal(tokenizer.Vocabulary.Words, Vocabulary.Load(path).Words);
        Assert.Contains("is not a word tokenizer", Assert.Throws<UserException>(() => WordTokenizer.Load(path))
            .Message, StringComparison.Ordinal);
        File.Delete(path);
    }

    [Fact]
    public void Any_text_decodes_to_the_same_tokens_again()
    {
        // No quotation marks: whether a lone one opens or closes is a guess.
        string[] pieces =
            ["don't", "Emma's", "Mr.", "(", ")", ",", ".", "!", "--", "----", "word-like", "'tis", "10,000", "£5", "日本", "...", "été", ";"];
        var random = new StableRandom(5);
        for (var round = 0; round < 5_000; round++)
        {
            var text = string.Join(' ', Enumerable.Range(0, 1 + random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)])) + " end";
            var tokenizer = WordTokenizer.Train([text], new WordTokenizerOptions());
            var ids = tokenizer.EncodeToIds(text);
            Assert.DoesNotContain(Vocabulary.UnkId, ids);
            Assert.Equal(ids.Count, tokenizer.CountTokens(text));

            var once = tokenizer.Decode(ids);
            var twice = tokenizer.Decode(tokenizer.EncodeToIds(once));

            Assert.Equal(once, twice);
        }
    }

    private static WordTokenizer Any() => WordTokenizer.Train([], new WordTokenizerOptions());
}
