using System.Text.Json;
using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Tests.PyTorch;
using Research.TextVae.Tests.Training;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Models;

public sealed class TextGanTests
{
    private const int Words = 7;

    private static readonly TextGanConfig Small = new()
    {
        Generator = new RecurrentLmConfig { EmbeddingSize = 3, HiddenSize = 4, Dropout = 0 },
        DiscriminatorEmbedding = 3,
        Filters = 5,
        DiscriminatorDropout = 0,
        StraightThrough = false,
    };

    /// <summary>How often each category is drawn is its probability: a χ² test; and the relaxed draw is largest at the drawn
    /// category.</summary>
    [Fact]
    public void Draws_follow_the_softmax()
    {
        const int count = 50_000;
        manual_seed(3);
        using var scope = NewDisposeScope();
        var logits = tensor(new[] { 0.5, -1, 2, 0, 1.2 }).expand(count, 5);
        var expected = logits[0].softmax(0).data<double>().ToArray();

        var relaxed = GumbelSoftmax.Relaxed(logits, GumbelSoftmax.NoiseLike(logits), temperature: 0.7);
        var drawn = GumbelSoftmax.StraightThrough(relaxed);

        var observed = drawn.sum(0L).data<double>().ToArray();
        Assert.InRange(expected.Zip(observed, (p, n) => Math.Pow(n - count * p, 2) / (count * p))
            .Sum(), 0.05, 18.5); // χ², 4 degrees of freedom: above with probability 1e-3
        TensorAssert.Close(ones(count, ScalarType.Float64), relaxed.sum(1L), 1e-12);
        Assert.Equal(count, drawn.max(1L).values.sum().item<double>(), 6);
    }

    /// <summary>As the temperature falls the relaxed draw comes near the draw itself.</summary>
    [Fact]
    public void A_cold_draw_is_nearly_whole()
    {
        manual_seed(4);
        using var scope = NewDisposeScope();
        var logits = randn([200, 5], ScalarType.Float64);
        var noise = GumbelSoftmax.NoiseLike(logits);

        double Distance(double temperature)
        {
            var relaxed = GumbelSoftmax.Relaxed(logits, noise, temperature);
            return (relaxed - GumbelSoftmax.StraightThrough(relaxed)).abs().mean().item<double>();
        }

        Assert.True(Distance(0.01) < 0.01 && Distance(0.1) < Distance(1) / 2, $"{Distance(1)}, {Distance(0.1)}, {Distance(0.01)}");
    }

    /// <summary>Through the draws of five words and the discriminator, back to every weight of the generator; double precision.</summary>
    [Fact]
    public void Gradients_of_relaxed_writing_agree_with_finite_differences()
    {
        using var scope = NewDisposeScope();
        using var model = Double(Small);
        var noise = GumbelSoftmax.NoiseLike(zeros([3, 5, Words], ScalarType.Float64));
        Tensor Loss() => model.Discriminator.Score(model.Write(3, 5, 0.8, noise)).sum();

        Assert.Contains(model.Write(3, 5, 0.8, noise).Mask.sum(1L).data<double>().ToArray(), length => length < 5); // one ends earlier
        ModelChecks.GradientsAgreeWithFiniteDifferences(model, Loss);
    }

    /// <summary>Whole words have the scores of the same words read as tokens, and the gradient that relaxed words at the same places would
    /// have.</summary>
    [Fact]
    public void Straight_through_writes_words_and_keeps_the_gradient()
    {
        using var scope = NewDisposeScope();
        using var model = Double(Small with { StraightThrough = true });
        var noise = GumbelSoftmax.NoiseLike(zeros([4, 6, Words], ScalarType.Float64));

        var written = model.Write(4, 6, 0.8, noise);
        var tokens = written.Words.argmax(2);
        var read = new TextBatch(tokens, tokens, written.Mask.sum(1L).to_type(ScalarType.Int64), written.Mask, 0);

        TensorAssert.Close(model.Discriminator.Score(read), model.Discriminator.Score(written), 1e-9);
        model.Discriminator.Score(written).sum().backward();
        foreach (var (name, parameter) in model.named_parameters())
            Assert.True(parameter.grad?.abs().max().item<double>() > 0, $"{name} has no gradient");
    }

    /// <summary>The text that the Gumbel noise decides is the one that the language model's own likelihoods decide.</summary>
    [Fact]
    public void Writing_follows_the_generators_likelihood()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var model = Double(Small with { StraightThrough = true });
        var noise = GumbelSoftmax.NoiseLike(zeros([4, 5, Words], ScalarType.Float64));

        var tokens = model.Write(4, 5, 1, noise).Words.argmax(2);
        var state = model.StartDecoding(4);
        var last = full([4], (long)Vocabulary.BosId, ScalarType.Int64);
        for (var t = 0; t < 5; t++)
        {
            (var logits, state) = model.DecodeStep(last, state);
            logits.narrow(1, Vocabulary.PadId, 2).fill_(double.NegativeInfinity); // <pad> and <s>
            last = (logits + noise.select(1, t)).argmax(1);
            Assert.Equal(tokens.select(1, t).data<long>().ToArray(), last.data<long>().ToArray());
        }
    }

    /// <summary>A step of a player changes all its weights and none of the other's.</summary>
    [Fact]
    public void Each_player_changes_its_own_weights_alone()
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        using var model = (Small with { StraightThrough = true }).Build(Words);
        var batch = Sentences.Batch([4, 5, 6], [5, 6], [6, 4, 4, 5]);
        foreach (var (player, loss) in new[] { ("generator", model.GeneratorLoss(batch, 1)),
            ("discriminator", model.DiscriminatorLoss(batch, 1)) })
        {
            model.zero_grad();
            loss.backward();
            foreach (var (name, parameter) in model.named_parameters())
            {
                if (name.StartsWith(player, StringComparison.Ordinal))
                    // What shifts both scores alike has no gradient in their difference.
                    Assert.True(name.EndsWith("bias", StringComparison.Ordinal) || parameter.grad?.abs().max().item<float>() > 0,
                        $"{name} has no gradient of the {player}");
                else
                    Assert.Null(parameter.grad);
            }
        }
    }

    /// <summary>It tells sentences from the same words in disorder.</summary>
    [Fact]
    public void The_discriminator_learns_order()
    {
        using var scope = NewDisposeScope();
        manual_seed(8);
        using var discriminator = new TextDiscriminator(12, width: 8, filters: 8, dropout: 0);
        var random = new StableRandom(1);
        int[] Real() => [.. Enumerable.Range(random.Next(4), 5).Select(word => word + 4)]; // words in rising order
        int[] Shuffled()
        {
            var words = Real();
            random.Shuffle<int>(words);
            return words;
        }

        TextBatch Batch(Func<int[]> write) => Sentences.Batch([.. Enumerable.Range(0, 64).Select(_ => write())]);
        using var optimizer = optim.Adam(discriminator.parameters(), 1e-2);
        for (var step = 0; step < 40; step++)
        {
            using var inner = NewDisposeScope();
            optimizer.zero_grad();
            (discriminator.Score(Batch(Shuffled)) - discriminator.Score(Batch(Real))).softplus().mean().backward();
            optimizer.step();
        }

        var (real, shuffled) = (discriminator.Score(Batch(Real)), discriminator.Score(Batch(Shuffled)));
        var right = real.unsqueeze(1).gt(shuffled.unsqueeze(0)).to_type(ScalarType.Float32).mean().item<float>();
        Assert.True(right > 0.9, $"of the pairs {right:0.00} are told apart");
    }

    /// <summary>Adversarial steps go through the trainer, turn by turn, and a stopped training goes on bit for bit.</summary>
    [Fact]
    public void Training_alternates_and_resumes_bit_for_bit()
    {
        var folder = Directory.CreateTempSubdirectory("gan").FullName;
        try
        {
            var data = Training.TinyText.Load(120);
            var options = new TrainingOptions
            {
                Epochs = 2,
                BatchSize = 16,
                LearningRate = 1e-3,
                EarlyStoppingPatience = 9,
                LearningRatePatience = 9,
            };
            var turns = new AdversarialOptions { DiscriminatorSteps = 1, Lead = 2, ValidationSamples = 20 };
            TextGan Model(ulong seed)
            {
                manual_seed((long)seed);
                return (Small with { StraightThrough = true }).Build(data.Tokenizer.Vocabulary.Count);
            }

            void Train(TextGan model, string name, Training.Steps observer, CancellationToken cancellation = default) => new Trainer(
                new GanTask(model, data.Train, data.Validation, turns), options, 3)
            { CheckpointFolder = Path.Combine(folder, name), Observer = observer }.Run(cancellation);

            using var whole = Model(1);
            Train(whole, "whole", new Training.Steps());
            using var cancellation = new CancellationTokenSource();
            using (var stopped = Model(1))
                Assert.Throws<OperationCanceledException>(
                    () => Train(stopped, "parts", new Training.Steps
                    {
                        Each = step => { if (step == 5) cancellation.Cancel(); },
                    }, cancellation.Token));
            using var resumed = Model(2);
            Train(resumed, "parts", new Training.Steps());

            foreach (var ((name, expected), (_, actual)) in whole.named_parameters().Zip(resumed.named_parameters()))
                Assert.True(expected.Equals(actual), $"{name} differs after resuming");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Decoding_is_its_generators_and_follows_the_seed()
    {
        manual_seed(9);
        using var model = (Small with { Generator = Small.Generator with { Dropout = 0.5 } }).Build(Words);
        var options = GenerationOptions.Sample() with { MaxTokens = 8 };

        var first = TextGenerator.Generate(model, 20, options, seed: 1);

        Assert.Equal(first, TextGenerator.Generate(model, 20, options with { BatchSize = 3 }, seed: 1));
        Assert.NotEqual(first, TextGenerator.Generate(model, 20, options, seed: 2));
    }

    [Fact]
    public void The_configuration_round_trips_through_JSON() =>
        Assert.Equal(Small, JsonSerializer.Deserialize<ModelConfig>(JsonSerializer.Serialize<ModelConfig>(Small)));

    private static TextGan Double(TextGanConfig config)
    {
        manual_seed(6);
        var model = config.Build(Words);
        model.to(ScalarType.Float64);
        return model;
    }
}
