using Research.TextVae.Text;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Tests.Text;

public class TextUnitTests
{
    private static readonly Lazy<Corpus> _corpus = new(() => Corpus.Load("austen"));

    [Theory]
    [InlineData(TextUnit.Word, 20)]
    [InlineData(TextUnit.Bpe, 25)]
    [InlineData(TextUnit.Character, 100)]
    public void Limits_count_the_tokens_of_the_unit_and_characters_stay_comparable(TextUnit unit, int maxTokens)
    {
        var data = TextData.Prepare(_corpus.Value, new TextOptions
        {
            Unit = unit,
            MaxVocabulary = 2_000,
            MaxTokens = maxTokens,
            MaxTrainSentences = 3_000,
            Seed = 3,
        });

        Assert.Equal(3_000, data.Train.Count);
        Assert.InRange(data.Tokenizer.Vocabulary.Count, 30, 2_000);
        foreach (var set in (EncodedSentences[])[data.Train, data.Validation, data.Test])
        {
            var sources = Enumerable.Range(0, set.Count).Select(i => set.Source(i).Text).ToList();
            Assert.Equal(maxTokens, Enumerable.Range(0, set.Count).Max(i => set[i].Length));
            Assert.Equal(sources.Sum(text => text.Length), set.Characters);
            Assert.Equal(data.Tokenizer.EncodeToIds(sources[^1]), set[set.Count - 1]);
            if (unit != TextUnit.Word)
                Assert.Equal(sources[^1].ToLowerInvariant(), data.Tokenizer.Decode(set[set.Count - 1]));
            // A fair coin a character.
            Assert.Equal(1, set.BitsPerCharacter(set.Characters * Math.Log(2)), 12);
        }

        Assert.Empty(Titles(data.Train).Intersect(Titles(data.Test)));

        static IEnumerable<string> Titles(EncodedSentences set) => Enumerable.Range(0, set.Count).Select(i => set.Source(i).Document);
    }
}
