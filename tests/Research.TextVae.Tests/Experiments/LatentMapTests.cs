using Research.TextVae.Evaluation;
using Research.TextVae.Experiments;
using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Support;
using Research.TextVae.Tests.PyTorch;
using Research.TextVae.Tests.Training;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;
using Research.TextVae.Training;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Experiments;

/// <summary>What is asked about a trained model and sentences: posteriors, neighbours, directions, next tokens and attention.</summary>
public sealed class LatentMapTests : IDisposable
{
    private static readonly TextData _data = TinyText.Load(60);
    private static readonly TransformerShape _shape = new() { Width = 8, Layers = 2, Heads = 2 };

    private readonly string _folder = Directory.CreateTempSubdirectory("latent-map-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_posterior_and_a_map_hold_the_terms_of_the_ELBO()
    {
        using var scope = NewDisposeScope();
        using var run = Trained(new LstmVaeConfig { EmbeddingSize = 8, HiddenSize = 8, LatentSize = 3 });
        using var map = LatentMap.Of(run, _data.Test);
        var all = _data.Test.ToBatch();
        var expected = run.Vae.Encode(all);

        TensorAssert.Close(expected.Mean, map.Means, 1e-5);
        TensorAssert.Close(run.Vae.Kl(all, expected).mean([0L]), tensor(map.KlPerDimension.Select(kl => (float)kl).ToArray()), 1e-5);
        Assert.Equal(map.KlPerDimension.Sum(), map.Elbo.Kl.Average(), 1e-5);

        var posterior = run.Posterior(_data.Test.Source(1).Text);
        Assert.Equal(_data.Test[1], posterior.Tokens);
        TensorAssert.Close(expected.Mean[1], tensor(posterior.Mean.Select(value => (float)value).ToArray()), 1e-5);
        var deviation = tensor(posterior.StandardDeviation.Select(value => (float)value).ToArray());
        TensorAssert.Close((expected.LogVariance[1] / 2).exp(), deviation, 1e-5);
        Assert.Equal(map.Elbo.Kl[1], posterior.Kl.Sum(), 1e-4);
        var drawn = SentenceElbo.Evaluate(run.Vae, _data.Test.Subset([1]), draws: 2000, seed: 5).Reconstruction[0];
        Assert.Equal(drawn, posterior.Reconstruction, 1.0);

        // A plane keeps the distances that lie in it.
        var places = map.Project(map.Means);
        Assert.Equal(map.ExplainedVariance, (places.var(0).sum() / map.Means.var(0).sum()).item<float>(), 1e-5);
        var near = map.Nearest(map.Means[4], 3);
        Assert.Equal((4, 0.0), (near[0].Index, near[0].Value));
        Assert.Equal((map.Means[4] - map.Means[near[2].Index]).norm().item<float>(), near[2].Value, 1e-5);

        using var codes = run.PriorCodes(3, seed: 9);
        var options = GenerationOptions.Sample() with { MaxTokens = run.LongestSentence };
        Assert.Equal(run.Sample(3, seed: 9), run.Decode(codes, options, seed: 9));
    }

    [Fact]
    public void Sentences_are_found_by_whole_words_marks_and_labels_and_their_difference_is_a_direction()
    {
        using var scope = NewDisposeScope();
        using var run = Trained(new LstmVaeConfig { EmbeddingSize = 8, HiddenSize = 8, LatentSize = 3 });
        Sentence[] sources =
        [
            new("Is she here?", "a", "Emma"), new("Her cat; here.", "a", "Emma"), new("HE is here.", "b", "Persuasion"),
            new("he?", "b", ""),
        ];
        using var map = LatentMap.Of(run, new EncodedSentences([.. sources.Select((_, i) => _data.Test[i])], sources));

        Assert.Equal([1], map.Find("her"));
        Assert.Equal([2, 3], map.Find(" he "));
        Assert.Equal([0, 3], map.Find("?"));
        Assert.Equal([0, 1], map.Find("label: emma"));
        Assert.Equal([2], map.Find("he is"));
        Assert.Empty(map.Find(""));

        TensorAssert.Close(Latent.Direction(map.Means, [true, false, false, true]), map.Direction([0, 3], []), 1e-6);
        TensorAssert.Close(map.Means[2] - map.Means[1], map.Direction([2], [1]), 1e-6);
        Assert.Throws<UserException>(() => map.Direction([], [1]));
        Assert.Throws<UserException>(() => map.Direction([0, 1, 2, 3], []));
    }

    [Fact]
    public void The_sentences_of_the_test_are_those_that_the_run_kept()
    {
        var text = Path.Combine(_folder, "text.txt");
        File.WriteAllLines(text, TinyText.Load(60).Corpus.Sentences.Select(sentence => sentence.Text));
        foreach (var unit in new[] { TextUnit.Word, TextUnit.Character, TextUnit.Bpe })
        {
            var data = TextData.Load(text, new TextOptions { Unit = unit, MaxTokens = 60, Validation = 0.2, Test = 0.3, Seed = 4 });
            var member = Directory.CreateDirectory(Path.Combine(_folder, $"{unit}", "members", "VAE")).FullName;
            using var run = Trained(new LstmVaeConfig { EmbeddingSize = 4, HiddenSize = 4, LatentSize = 2 }, data, member);

            var sentences = run.TestSentences(text);

            Assert.Equal(data.Test, sentences);
            Assert.Equal(data.Test.Texts, sentences.Texts);
            File.WriteAllText(Path.Combine(_folder, $"{unit}", "config.json"), $$$"""{"parameters":{"data":"{{{text}}}"}}""");
            Assert.Equal(data.Test, run.TestSentences());
            Assert.EndsWith("; name the text with --data.", Assert.Throws<UserException>(() => run.TestSentences("none.txt")).Message,
                StringComparison.Ordinal);
        }
    }

    /// <summary>Step by step as in decoding, against the loss of the whole text.</summary>
    [Theory]
    [InlineData("Transformer")]
    [InlineData("LSTM")]
    public void Token_probabilities_multiply_to_the_likelihood(string family)
    {
        using var scope = NewDisposeScope();
        var size = _data.Tokenizer.Vocabulary.Count;
        manual_seed(3);
        LanguageModelConfig config = family == "LSTM"
            ? new RecurrentLmConfig { EmbeddingSize = 8, HiddenSize = 8 }
            : new TransformerLmConfig { Shape = _shape };
        using var model = config.Build(size);
        model.eval();
        var batch = _data.Test.Subset([2]).ToBatch();
        var losses = model.NegativeLogLikelihood(batch).PerToken[0].data<float>().ToArray();

        TokenPredictions? predictions = null;
        TensorAssert.LeavesNoTensor(() => predictions = TokenPredictions.Of(Prompt.From(model, [_data.Test[2]]), size));

        Assert.NotNull(predictions);
        Assert.Equal(losses[..^1].Select(loss => Math.Exp(-loss)), predictions.Given, (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal(Math.Exp(-losses[^1]), predictions.Next.Single(next => next.Token == Vocabulary.EosId).Probability, 1e-5);
        Assert.Equal(1, predictions.Next.Sum(next => next.Probability), 1e-9);
        Assert.Equal(predictions.Next.OrderByDescending(next => next.Probability), predictions.Next);
        Assert.Equal(5, TokenPredictions.Of(Prompt.From(model, 1), 5).Next.Count);
        Assert.Throws<ArgumentException>(() => TokenPredictions.Of(Prompt.From(model, 2), 5));
    }

    [Fact]
    public void Attention_sums_to_one_and_sees_the_past_and_the_code()
    {
        using var scope = NewDisposeScope();
        var (size, text) = (_data.Tokenizer.Vocabulary.Count, _data.Test[0]);
        manual_seed(4);
        using var language = new TransformerLmConfig { Shape = _shape }.Build(size);
        using var vae = new TransformerVaeConfig { Shape = _shape, LatentSize = 3, MemoryTokens = 2 }.Build(size);

        Check(TextAttention.Evaluate(language, text), memory: 0);
        Check(TextAttention.Evaluate(vae, text, randn(1, 3)), memory: 2);
        Assert.Equal([[1.0]], TextAttention.Evaluate(language, []).Weights[1][1]);

        void Check(TextAttention attention, int memory)
        {
            Assert.Equal([Vocabulary.BosId, .. text], attention.Tokens);
            Assert.Equal((2, 2, memory), (attention.Weights.Count, attention.Weights[0].Count, attention.Memory));
            foreach (var head in attention.Weights.SelectMany(layer => layer))
            {
                Assert.Equal(text.Length + 1, head.Count);
                for (var i = 0; i < head.Count; i++)
                {
                    Assert.Equal(memory + head.Count, head[i].Count);
                    Assert.Equal(1, head[i].Sum(), 1e-5);
                    Assert.All(head[i].Take(memory + i + 1), weight => Assert.InRange(weight, 1e-4, 1));
                    Assert.All(head[i].Skip(memory + i + 1), weight => Assert.Equal(0, weight));
                }
            }
        }
    }

    private TrainedRun Trained(TextVaeConfig config, TextData? data = null, string? member = null)
    {
        member ??= Directory.CreateDirectory(Path.Combine(_folder, "members", "VAE")).FullName;
        data ??= _data;
        manual_seed(2);
        var task = new VaeTask(config.Build(data.Tokenizer.Vocabulary.Count), data, new ElboObjective());
        TrainedModel.Write(member, task);
        new Trainer(task, new TrainingOptions { Epochs = 1 }, 1) { CheckpointFolder = Path.Combine(member, "checkpoints") }.Run();
        return TrainedRun.Open(member);
    }
}
