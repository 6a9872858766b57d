using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Text;

public class BatchSamplerTests
{
    public static TheoryData<int, int, int?, bool> Cases => new()
    {
        { 1, 32, null, true }, { 31, 32, null, true }, { 32, 32, null, true }, { 1000, 7, null, true }, { 1000, 32, 200, true },
        { 1000, 32, 10, true }, { 1000, 1, null, true }, { 500, 64, null, false }, { 500, 64, 300, false }, { 0, 8, null, true },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_sentence_comes_exactly_once_within_the_limits(int sentences, int size, int? budget, bool shuffle)
    {
        var set = Sentences(sentences);
        var sampler = new BatchSampler(set, new BatchOptions
        {
            BatchSize = size,
            MaxTokensPerBatch = budget,
            Shuffle = shuffle,
            WindowBatches = 4,
        }, 11);
        for (var epoch = 0; epoch < 3; epoch++)
        {
            var batches = sampler.Epoch(epoch).ToList();

            Assert.Equal(sampler.BatchesPerEpoch(epoch), batches.Count);
            Assert.Equal(Enumerable.Range(0, sentences), batches.SelectMany(batch => batch).Order());
            Assert.All(batches, batch => Assert.True(
                batch.Length <= size
                    && (budget is null || batch.Length == 1 || batch.Length * (batch.Max(i => set[i].Length) + 1) <= budget)));
        }
    }

    [Fact]
    public void An_epoch_depends_on_seed_and_number_alone_and_resumes_anywhere()
    {
        var set = Sentences(300);
        var options = new BatchOptions { BatchSize = 8 };
        var whole = Indices(new BatchSampler(set, options, 5), 3);
        var resumed = new BatchSampler(set, options, 5);

        Assert.Equal(whole.Skip(17), resumed.Epoch(3, 17));
        Assert.NotEqual(whole, Indices(resumed, 4));
        Assert.Equal(whole, Indices(resumed, 3));
        Assert.NotEqual(whole, Indices(new BatchSampler(set, options, 6), 3));
        Assert.Empty(resumed.Epoch(3, whole.Count));

        static List<int[]> Indices(BatchSampler sampler, int epoch) => [.. sampler.Epoch(epoch)];
    }

    [Fact]
    public void Inputs_and_targets_are_the_sentence_shifted_by_one()
    {
        var source = new Sentence("", "d", "l");
        var set = new EncodedSentences([[7, 8], [9]], [source, source]);

        var batch = set.Batch([1, 0], CPU);

        Assert.Equal((2, 3, 5), (batch.Size, batch.Time, batch.Tokens));
        Assert.Equal([1, 9, 0, 1, 7, 8], batch.Inputs.data<long>().ToArray());
        Assert.Equal([9, 2, 0, 7, 8, 2], batch.Targets.data<long>().ToArray());
        Assert.Equal([2, 3], batch.Lengths.data<long>().ToArray());
        Assert.Equal([1, 1, 0, 1, 1, 1], batch.Mask.data<float>().ToArray());
        Assert.Equal(1.0 / 6, batch.Padding, 12);
    }

    [Fact]
    public void Examples_without_lengths_come_once_an_epoch_in_another_order_each()
    {
        var set = new BagOfWordsSet([.. Enumerable.Range(0, 10).Select(i => new[] { 4 + i })]);
        var sampler = new BatchSampler(set, new BatchOptions { BatchSize = 4 }, 1);
        var (first, second) = (sampler.Epoch(0).ToList(), sampler.Epoch(1).ToList());

        Assert.Equal([4, 4, 2], first.Select(batch => batch.Length));
        Assert.Equal(Enumerable.Range(0, 10), first.SelectMany(batch => batch).Order());
        Assert.Equal(Enumerable.Range(0, 10), second.SelectMany(batch => batch).Order());
        Assert.NotEqual(first.SelectMany(batch => batch), second.SelectMany(batch => batch));
    }

    /// <summary>A batch repeated is the batch of the examples repeated, for every kind of batch.</summary>
    [Fact]
    public void A_tiled_batch_is_the_examples_repeated()
    {
        using var scope = NewDisposeScope();
        var bags = new BagOfWordsSet([[4, 5, 4], [6], [6, 5]]);
        var (tiled, repeated) = (bags.Batch([0, 1, 2], CPU).Tile(2), bags.Batch([0, 1, 2, 0, 1, 2], CPU));
        foreach (var (actual, expected) in new[]
        {
            (tiled.Words, repeated.Words), (tiled.Counts, repeated.Counts), (tiled.Documents, repeated.Documents),
            (tiled.Offsets, repeated.Offsets), (tiled.Lengths, repeated.Lengths),
        })
            Assert.True(actual.equal(expected).all().item<bool>());
        Assert.Equal(repeated.Tokens, tiled.Tokens);

        var sentences = Sentences(3);
        var (text, texts) = (sentences.Batch([0, 1, 2], CPU).Tile(2), sentences.Batch([0, 1, 2, 0, 1, 2], CPU));
        Assert.True(text.Targets.equal(texts.Targets).all().item<bool>() && text.Mask.equal(texts.Mask).all().item<bool>());
        Assert.Equal((texts.Size, texts.Tokens), (text.Size, text.Tokens));

        var vectors = new VectorSet(randn(3, 2));
        Assert.True(vectors.ToBatch().Tile(2).Values.equal(vectors.Batch([0, 1, 2, 0, 1, 2], CPU).Values).all().item<bool>());
    }

    [Fact]
    public void Spread_takes_evenly_spaced_sentences()
    {
        var set = Sentences(10);

        var spread = set.EvenlySpaced(3);

        Assert.Equal([set[0], set[3], set[6]], [spread[0], spread[1], spread[2]]);
        Assert.Same(set, set.EvenlySpaced(10));
        Assert.Empty(set.EvenlySpaced(0));
    }

    [Fact]
    public void The_generator_is_the_published_one()
    {
        // First outputs of the authors' C code, xoshiro256** with its state from SplitMix64 of 42.
        var random = new StableRandom(42);

        Assert.Equal([1546998764402558742UL, 6990951692964543102UL, 12544586762248559009UL],
            [random.NextUInt64(), random.NextUInt64(), random.NextUInt64()]);
    }

    private static EncodedSentences Sentences(int count)
    {
        var random = new StableRandom(1);
        var ids = Enumerable.Range(0, count).Select(i => Enumerable.Repeat(4 + i, 1 + random.Next(30)).ToArray()).ToArray();
        return new EncodedSentences(ids, [.. ids.Select((_, i) => new Sentence($"{i}", "d", "l"))]);
    }
}
