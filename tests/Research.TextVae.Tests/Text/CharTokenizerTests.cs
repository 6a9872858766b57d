using Research.TextVae.Support;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Tests.Text;

public class CharTokenizerTests
{
    [Fact]
    public void A_token_is_a_code_point()
    {
        var tokenizer = CharTokenizer.Train(["春眠不覺曉，", "e\u0301 𠮷👍🏽", "春\n"], new CharTokenizerOptions());
        const string text = "春𠮷e\u0301👍🏽x\n";

        var tokens = tokenizer.EncodeToTokens(text, out var normalized);

        Assert.Null(normalized);
        Assert.Equal(["春", "𠮷", "e", "\u0301", "👍", "🏽", "x", "\n"], tokens.Select(token => token.Value));
        Assert.Equal(tokens.Select(token => token.Value), tokens.Select(token => text[token.Offset]));
        Assert.Equal([Vocabulary.UnkId, Vocabulary.UnkId], tokens.TakeLast(2).Select(token => token.Id));
        Assert.Equal(tokens.Select(token => token.Id), tokenizer.EncodeToIds(text));
        Assert.Equal(8, tokenizer.CountTokens(text));
        Assert.Equal("春𠮷e\u0301👍🏽<unk><unk>", tokenizer.Decode([Vocabulary.BosId, .. tokenizer.EncodeToIds(text), Vocabulary.EosId]));
        Assert.Equal(2, tokenizer.EncodeToIds("\uD800春").Count);
    }

    [Fact]
    public void Vocabulary_is_ordered_by_frequency_then_code_point_and_bounded()
    {
        var tokenizer = CharTokenizer.Train(["bB aAcc"], new CharTokenizerOptions { MaxVocabulary = 7, Lowercase = true });

        Assert.Equal(["a", "b", "c"], tokenizer.Vocabulary.Words);
        Assert.Equal([4, 5, Vocabulary.UnkId], tokenizer.EncodeToIds("AB "));
        Assert.Equal(["c"], CharTokenizer.Train(["bB aAcc"], new CharTokenizerOptions { MinFrequency = 2 }).Vocabulary.Words);
    }

    [Fact]
    public void Any_tokenizer_survives_saving()
    {
        var path = Path.GetTempFileName();
        Tokenizer[] tokenizers =
        [
            CharTokenizer.Train(["\"Ein \\ Test\" 𠮷"], new CharTokenizerOptions { Lowercase = true }),
            WordTokenizer.Train(["Don't \"go\" 春眠"], new WordTokenizerOptions { Lowercase = false }),
            BpeTokenizer.Train(["Don't \"go\" 春眠"], new BpeTokenizerOptions { Lowercase = true }),
        ];
        foreach (var tokenizer in tokenizers)
        {
            tokenizer.Save(path);
            var loaded = Tokenizer.Load(path);

            Assert.IsType(tokenizer.GetType(), loaded);
            Assert.Equal(tokenizer.Vocabulary.Words, loaded.Vocabulary.Words);
            Assert.Equal(tokenizer.EncodeToIds("Don't GO, 春 \"Test\"!"), loaded.EncodeToIds("Don't GO, 春 \"Test\"!"));
        }

        File.WriteAllText(path, "{\"type\": \"character\", \"lowercase\": true, \"vocabulary\": [\"ab\"]}");
        Assert.Contains("'ab' is not one character", Assert.Throws<UserException>(() => Tokenizer.Load(path))
            .Message, StringComparison.Ordinal);
        File.WriteAllText(path, "{\"type\": \"sentence\"}");
        Assert.Contains("is not a tokenizer", Assert.Throws<UserException>(() => Tokenizer.Load(path)).Message, StringComparison.Ordinal);
        File.Delete(path);
    }
}
