using Research.TextVae.Evaluation;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Tests.Evaluation;

public sealed class AnomalyPairsTests
{
    private static readonly string[] Texts = ["a b", "a b c", "c b a", "a b c d e f g", "g f e d c b a"];
    private static readonly WordTokenizer Tokenizer = WordTokenizer.Train(Texts, new WordTokenizerOptions());
    private static readonly EncodedSentences HeldOut = new(
        [.. Texts.Select(text => Tokenizer.EncodeToIds(text).ToArray())], [.. Texts.Select(text => new Sentence(text, "", ""))]);

    [Fact]
    public void Pairs_have_equal_lengths_and_no_sentence_twice()
    {
        string[] others = ["b a", "d e", "e f g", "f g e", "g e f", "a b c d"];

        var pairs = AnomalyPairs.Match(HeldOut, others.Select(text => new Sentence(text, "", "")), Tokenizer, most: 9, seed: 1);

        // One of two tokens and two of three; there is no held-out sentence of four.
        Assert.Equal(3, pairs.Ordinary.Count);
        Assert.Equal(pairs.Ordinary.Lengths, pairs.Anomalous.Lengths);
        Assert.Equal(3, pairs.Ordinary.Select(ids => string.Join(' ', ids)).Distinct().Count());
        Assert.Equal(0.5, pairs.LengthArea, 1e-12);
        Assert.Equal(2, AnomalyPairs.Match(HeldOut, others.Select(text => new Sentence(text, "", "")), Tokenizer, 2, 1).Ordinary.Count);
    }

    [Fact]
    public void Shuffled_sentences_keep_their_tokens()
    {
        var pairs = AnomalyPairs.Shuffle(HeldOut, Tokenizer, most: 9, seed: 1);

        Assert.Equal(2, pairs.Ordinary.Count);
        Assert.Equal(pairs.Ordinary.Select(ids => ids.Order()), pairs.Anomalous.Select(ids => ids.Order()));
        Assert.NotEqual(pairs.Ordinary[0], pairs.Anomalous[0]);
        Assert.Equal(Tokenizer.Decode(pairs.Anomalous[0]), pairs.Anomalous.Source(0).Text);
    }

    [Fact]
    public void Replaced_sentences_differ_in_one_known_token()
    {
        var pairs = AnomalyPairs.Replace(HeldOut, Tokenizer, most: 9, seed: 1);

        Assert.Equal(2, pairs.Places.Count);
        Assert.All(Enumerable.Range(0, 2), i => Assert.Equal(
            [pairs.Places[i]],
            Enumerable.Range(0, 7).Where(place => pairs.Ordinary[i][place] != pairs.Anomalous[i][place])));
        Assert.Equal(Tokenizer.Decode(pairs.Anomalous[0]), pairs.Anomalous.Source(0).Text);
        double[] At(int place) => [.. Enumerable.Range(0, 8).Select(t => t == place ? 9.0 : 1)];
        Assert.Equal(0.5, pairs.Located([At(pairs.Places[0]), At(7)]));
    }
}
