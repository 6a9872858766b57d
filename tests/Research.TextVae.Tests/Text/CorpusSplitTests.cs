using Research.TextVae.Support;
using Research.TextVae.Text;

namespace Research.TextVae.Tests.Text;

public class CorpusSplitTests
{
    [Fact]
    public void No_held_out_sentence_or_document_is_also_trained_on()
    {
        for (var seed = 0UL; seed < 30; seed++)
        {
            var corpus = Repetitive(seed);
            var options = new SplitOptions { Validation = 0.2, Test = 0.1, Seed = seed, MinTokens = 2, MaxTokens = 3 };

            var split = CorpusSplit.ByDocument(corpus, options);

            var (train, validation, test) = (Words(split.Train), Words(split.Validation), Words(split.Test));
            Assert.Empty(train.Intersect(validation));
            Assert.Empty(train.Intersect(test));
            Assert.Empty(validation.Intersect(test));
            Assert.Empty(Titles(split.Train).Intersect(Titles(split.Validation).Concat(Titles(split.Test))));
            Assert.Empty(Titles(split.Validation).Intersect(Titles(split.Test)));

            var report = split.Report;
            Assert.Equal(corpus.Documents.Count, report.TrainDocuments + report.ValidationDocuments + report.TestDocuments);
            Assert.Equal(
                corpus.Sentences.Count(),
                split.Train.Count + split.Validation.Count + split.Test.Count + report.TooShort + report.TooLong + report.LeakedValidation
                    + report.LeakedTest);
            Assert.True(report.LeakedValidation > 0 && report.TooShort > 0 && report.TooLong > 0);
        }

        static List<string> Words(IEnumerable<Sentence> sentences) => [.. sentences.Select(sentence => sentence.Text.ToUpperInvariant())];
        static IEnumerable<string> Titles(IEnumerable<Sentence> sentences) => sentences.Select(sentence => sentence.Document).Distinct();
    }

    [Fact]
    public void The_seed_decides()
    {
        var corpus = Repetitive(1);
        var split = CorpusSplit.ByDocument(corpus, new SplitOptions { Seed = 4 });

        Assert.Equal(split.Train, CorpusSplit.ByDocument(corpus, new SplitOptions { Seed = 4 }).Train);
        Assert.NotEqual(split.Validation, CorpusSplit.ByDocument(corpus, new SplitOptions { Seed = 5 }).Validation);
    }

    [Fact]
    public void Impossible_splits_are_refused_in_one_line()
    {
        var corpus = new Corpus("small", "", "", [new Document("a", "", ["One two."]), new Document("b", "", ["Three four."])]);

        Assert.Contains("too few for 3 parts", Message(new SplitOptions()), StringComparison.Ordinal);
        Assert.Contains("leave nothing to train on", Message(new SplitOptions { Validation = 0.5, Test = 0.5 }), StringComparison.Ordinal);
        Assert.Contains(
            "no training sentence", Message(new SplitOptions { Validation = 0.5, Test = 0, MinTokens = 9 }), StringComparison.Ordinal);
        Assert.Throws<UserException>(() => new SplitOptions { Validation = 1.5 });
        Assert.Single(CorpusSplit.ByDocument(corpus, new SplitOptions { Validation = 0.4, Test = 0 }).Validation);

        string Message(SplitOptions options) => Assert.Throws<UserException>(() => CorpusSplit.ByDocument(corpus, options)).Message;
    }

    [Fact]
    public void A_sample_of_the_training_sentences_leaves_evaluation_alone()
    {
        var corpus = Repetitive(2);
        var all = TextData.Prepare(corpus, new TextOptions { Validation = 0.2, Test = 0.2 });

        var sample = TextData.Prepare(corpus, new TextOptions { Validation = 0.2, Test = 0.2, MaxTrainSentences = 12 });

        Assert.Equal(12, sample.Train.Count);
        Assert.Equal(Texts(all.Test), Texts(sample.Test));
        Assert.Subset(Texts(all.Train).ToHashSet(), Texts(sample.Train).ToHashSet());

        static List<string> Texts(EncodedSentences set) => [.. Enumerable.Range(0, set.Count).Select(i => set.Source(i).Text)];
    }

    // Few words, so that many sentences occur in several documents, in differing case.
    private static Corpus Repetitive(ulong seed)
    {
        var random = new StableRandom(seed);
        string[] words = ["a", "b", "c", "d", "A", "e", "f"];
        return new Corpus("repetitive", "", "", [.. Enumerable.Range(0, 30).Select(d => new Document(
            $"d{d}", "", [.. Enumerable.Range(0, 1 + random.Next(20)).Select(_ =>
                string.Join(' ', Enumerable.Range(0, 1 + random.Next(4)).Select(_ => words[random.Next(words.Length)])))]))]);
    }
}
