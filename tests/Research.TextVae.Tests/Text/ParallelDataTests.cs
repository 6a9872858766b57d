using Research.TextVae.Support;
using Research.TextVae.Text;

namespace Research.TextVae.Tests.Text;

public class ParallelDataTests
{
    /// <summary>Source and target stay together, by document, within the lengths, and nothing that is held out is read in
    /// training.</summary>
    [Fact]
    public void Pairs_stay_pairs_and_what_training_reads_is_not_held_out()
    {
        var random = new StableRandom(1);
        string Words(int count) => string.Join(' ', Enumerable.Range(0, count).Select(_ => $"w{random.Next(12)}"));
        var documents = Enumerable.Range(0, 60).Select(d => new ParallelDocument($"d{d}", "", [.. Enumerable.Range(0, 20).Select(i =>
        {
            // Many short sources occur twice; the target tells document, place and source.
            var source = Words(1 + random.Next(4));
            return new TextPair(source, $"d{d} p{i}: {source}");
        })])).ToArray();
        var options = new PairOptions
        {
            MaxVocabulary = 320,
            MaxSourceTokens = 12,
            MaxTargetTokens = 30,
            Validation = 0.2,
            Test = 0.2,
            Seed = 3,
            MaxTrainPairs = 300,
        };

        var data = ParallelData.Prepare(new ParallelCorpus("mine", "Mine", "none", documents), options);

        Assert.Equal(300, data.Train.Count);
        EncodedPairs[] parts = [data.Train, data.Validation, data.Test];
        var home = new Dictionary<string, int>();
        foreach (var (part, set) in parts.Index())
        {
            Assert.InRange(set.Count, 60, 400);
            for (var i = 0; i < set.Count; i++)
            {
                Assert.EndsWith($": {set[i].Source}", set[i].Target, StringComparison.Ordinal);
                Assert.Equal((set[i].Source, set[i].Target), (data.Tokenizer.Decode(set.Source[i]), data.Tokenizer.Decode(set.Target[i])));
                Assert.True(set.Source[i].Length <= options.MaxSourceTokens && set.Target[i].Length <= options.MaxTargetTokens);
                Assert.Equal(part, home.TryAdd(set.Source.Source(i).Document, part) ? part : home[set.Source.Source(i).Document]);
            }
        }

        for (var part = 1; part < parts.Length; part++)
        {
            var before = parts[..part].SelectMany(set => set.Source).Select(ids => string.Join(' ', ids)).ToHashSet();
            Assert.DoesNotContain(parts[part].Source, ids => before.Contains(string.Join(' ', ids)));
        }
    }
}
