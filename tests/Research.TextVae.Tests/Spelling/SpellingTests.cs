using Research.TextVae.Models.NGram;
using Research.TextVae.Spelling;
using Research.TextVae.Support;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Tests.Spelling;

public sealed class SpellingTests
{
    private static readonly TypoChannel Channel = new() { Rate = 0.3 };

    [Theory]
    [InlineData("cat")]
    [InlineData("abba")]
    [InlineData("aaa")]
    public void What_a_word_can_become_has_probability_one_and_happens_as_often_as_it_says(string word)
    {
        // Whatever the channel can make of a word is a slip away from it, as what the word can have been made of is.
        var results = TypoChannel.Sources(word).Distinct().ToArray();
        Assert.Equal(1, results.Sum(result => Math.Exp(Channel.LogProbability(result, word))), 12);

        const int draws = 200_000;
        var random = new StableRandom(5);
        var counts = Enumerable.Range(0, draws).Select(_ => Channel.Corrupt(word, random)).CountBy(result => result).ToDictionary();
        foreach (var (result, count) in counts)
        {
            var p = Math.Exp(Channel.LogProbability(result, word));
            Assert.InRange(count, draws * p - 5 * Math.Sqrt(draws * p), draws * p + 5 * Math.Sqrt(draws * p) + 1);
        }
    }

    [Theory]
    [InlineData("it")]
    [InlineData("o'clock")]
    [InlineData("2nd")]
    [InlineData("été")]
    public void Short_words_and_other_signs_are_left_alone(string word)
    {
        var random = new StableRandom(6);
        Assert.All(Enumerable.Range(0, 50), _ => Assert.Equal(word, Channel.Corrupt(word, random)));
        Assert.Equal((0, double.NegativeInfinity), (Channel.LogProbability(word, word), Channel.LogProbability(word + "s", word)));
    }

    /// <summary>On a language small enough to try everything, the search finds the most probable sentence and its probability.</summary>
    [Fact]
    public void The_search_finds_what_trying_everything_finds()
    {
        string[] words = ["the", "then", "hen", "tan", "ran", "man", "a"];
        var vocabulary = new Vocabulary(words);
        var random = new StableRandom(7);
        int[] Sentence() => [.. Enumerable.Range(0, 3).Select(_ => vocabulary.IdOf(words[random.Next(words.Length)]))];
        var model = NGramModel.Train([.. Enumerable.Range(0, 40).Select(_ => Sentence())], vocabulary.Count, order: 3);
        var corrector = new SpellingCorrector(model, vocabulary, Channel, beam: 400);

        for (var trial = 0; trial < 30; trial++)
        {
            string[] observed = [.. Sentence().Select(id => Channel.Corrupt(vocabulary[id], random))];
            var all = from a in words
                      from b in words
                      from c in words
                      let ids = new[] { a, b, c }.Select(vocabulary.IdOf).ToArray()
                      select -model.SentenceNll(ids)
                          + new[] { a, b, c }.Zip(observed, (word, seen) => Channel.LogProbability(seen, word)).Sum();
            var found = corrector.Correct(observed);

            Assert.Equal(all.Max(), found[0].Score, 9);
            Assert.Equal(all.Count(double.IsFinite), found.Count);
        }
    }

    [Fact]
    public void A_word_far_from_every_known_one_stays()
    {
        var vocabulary = new Vocabulary(["house", "garden"]);
        var model = NGramModel.Train([[vocabulary.IdOf("house")], [vocabulary.IdOf("garden")]], vocabulary.Count, order: 2);

        var found = new SpellingCorrector(model, vocabulary, Channel).Correct(["hose", "xylophone"]);

        Assert.Equal([vocabulary.IdOf("house"), Vocabulary.UnkId], found[0].Ids);
    }

    [Fact]
    public void The_score_counts_what_its_names_say()
    {
        var score = new SpellingScore();
        score.Add(["the", "man", "ran", "home"], ["teh", "men", "ran", "home"], ["the", "men", "ran", "home"], word => word == "men");
        score.Add(["a", "dog"], ["a", "dog"], ["a", "fog"], _ => true);
        score.Add(["a", "cat"], ["a", "cat"], ["a", "cat"], _ => true);

        Assert.Equal((2, 1), (score.Misspelt, score.RealWordErrors));
        Assert.Equal((0.5, 0, 1.0 / 6, 6.0 / 8, 1.0 / 3),
            (score.Mended, score.RealWordsMended, score.Spoilt, score.WordAccuracy, score.SentenceAccuracy));
    }
}
