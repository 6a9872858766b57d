using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Support;
using Research.TextVae.Text;
using Research.TextVae.Training;
using TorchSharp;

namespace Research.TextVae.Tests.Training;

/// <summary>Data at the edge of what can be: a training ends with numbers, or is refused with a reason.</summary>
public sealed class OddDataTests
{
    private static readonly TrainingOptions _once = new() { Epochs = 1, BatchSize = 16 };

    private static readonly TextVaeConfig[] _vaes =
    [
        new LstmVaeConfig { EmbeddingSize = 4, HiddenSize = 6, LatentSize = 1 },
        new TransformerVaeConfig { Shape = new TransformerShape { Width = 8, Heads = 2, Layers = 1 }, LatentSize = 1 },
    ];

    // z of width 1 and a KL weight of 0 throughout.
    public static TheoryData<string, string[], int> Corpora => new()
    {
        { "one token each, and one of 5,000", [.. Words(200), string.Join(' ', Words(5_000))], 6_000 },
        { "one distinct word", [.. Enumerable.Range(1, 60).Select(i => string.Join(' ', Enumerable.Repeat("word", i)))], 100 },
        { "more words than data", [.. Enumerable.Range(0, 40).Select(i => string.Join(' ', Words(20, i * 20)))], 100 },
    };

    [Theory]
    [MemberData(nameof(Corpora))]
    public void A_corpus_at_the_edge_trains(string name, string[] sentences, int maxTokens)
    {
        var documents = sentences.Chunk(3).Select((chunk, i) => new Document($"{i}", "", chunk));
        var data = TextData.Prepare(
            new Corpus(name, "", "", [.. documents]), new TextOptions { MinTokens = 1, MaxTokens = maxTokens, MaxVocabulary = 100_000 });
        foreach (var config in _vaes)
        {
            var (model, history) = Trainer.Fit(config, data, new ElboObjective { KlWeight = KlSchedule.Constant(0) }, _once, seed: 1);
            using var _ = model;
            Assert.True(double.IsFinite(history.Epochs[^1].Objective), name);
            Assert.True(double.IsFinite(VaeMetrics.Evaluate(model, data.Test, seed: 1).NegativeElbo), name);
        }

        var (lm, likelihood) = Trainer.Fit(new RecurrentLmConfig { EmbeddingSize = 4, HiddenSize = 6 }, data, _once, seed: 1);
        using (lm)
            Assert.True(double.IsFinite(likelihood.Epochs[^1].Objective), name);
    }

    [Fact]
    public void A_batch_larger_than_the_data_is_all_of_them()
    {
        var data = TinyText.Load(60);
        var (model, history) = Trainer.Fit(_vaes[0], data, new ElboObjective(), _once with { BatchSize = 100_000 }, seed: 1);
        using (model)
            Assert.True(double.IsFinite(history.Epochs[^1].Objective));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_value_that_is_no_number_is_refused_with_its_step(double value)
    {
        using var scope = torch.NewDisposeScope();
        var values = torch.zeros(40, 3);
        values[5, 1] = torch.tensor((float)value);
        using var model = new GaussianVaeConfig { HiddenSizes = [4], LatentSize = 2 }.Build(3);
        var task = new VaeTask<VectorBatch>(model, new VectorSet(values), new VectorSet(torch.zeros(10, 3)), new ElboObjective());

        var error = Assert.Throws<UserException>(() => Trainer.Fit(task, _once with { BatchSize = 100 }, seed: 1));

        Assert.Matches("NaN|infinite|finite", error.Message);
    }

    [Fact]
    public void An_empty_sentence_is_refused_with_its_number()
    {
        var data = TinyText.Load(60);

        var error = Assert.Throws<UserException>(() => EncodedSentences.From(data.Tokenizer, ["the cat", " "]));

        Assert.Contains("Sentence 2 of 2 is empty", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Words(int count, int first = 0) =>
        Enumerable.Range(first, count).Select(i => string.Concat(
            Enumerable.Range(0, 4).Select(place => (char)('a' + (i / (int)Math.Pow(26, place) % 26)))));
}
