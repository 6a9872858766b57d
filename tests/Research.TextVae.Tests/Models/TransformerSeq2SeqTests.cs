using Research.TextVae.Evaluation;
using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Models;

public sealed class TransformerSeq2SeqTests
{
    private const int Words = 7;

    private static readonly TransformerSeq2SeqConfig Small = new()
    {
        Shape = new TransformerShape { Width = 4, Layers = 2, Heads = 2, FeedForward = 5, Dropout = 0 },
        SourceVocabulary = 6,
    };

    public static TheoryData<TransformerSeq2SeqConfig> Forms { get; } =
    [
        Small,
        Small with { SourceVocabulary = 0, TieOutput = false, LabelSmoothing = 0 },
    ];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Gradients_agree_with_finite_differences(TransformerSeq2SeqConfig config)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var model = config.Build(Words);
        model.to(ScalarType.Float64);
        var batch = Pairs();
        ModelChecks.GradientsAgreeWithFiniteDifferences(model, () => model.Loss(batch));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void One_step_changes_every_parameter(TransformerSeq2SeqConfig config)
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        using var model = config.Build(Words);
        var batch = Pairs();
        ModelChecks.OneStepChangesEveryParameter(model, () => model.Loss(batch));
    }

    /// <summary>The smoothed loss is the cross-entropy with (1 − ε) on the target and ε spread evenly.</summary>
    [Fact]
    public void Label_smoothing_is_that_of_the_definition()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        manual_seed(3);
        using var model = (Small with { LabelSmoothing = 0.3 }).Build(Words);
        var batch = Pairs();

        var logs = model.Logits(batch.Target.Inputs, model.Encode(batch.Source, batch.SourceLengths)).log_softmax(2);
        var wanted = nn.functional.one_hot(batch.Target.Targets, Words) * 0.7 + 0.3 / Words;
        var expected = -((logs * wanted).sum(2) * batch.Target.Mask).sum();

        Assert.Equal(expected.item<float>(), model.Loss(batch).item<float>(), 4);
    }

    /// <summary>Padding of the source, brought by a longer neighbour, changes nothing; and the source matters.</summary>
    [Fact]
    public void Padding_changes_nothing()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        manual_seed(4);
        using var model = Small.Build(Words);
        var (both, alone) = (Pairs(), Pairs(rows: 1));

        var beside = model.NegativeLogLikelihood(both).PerSentence()[0].item<float>();
        Assert.Equal(model.NegativeLogLikelihood(alone).PerSentence()[0].item<float>(), beside, 4);
        var other = alone with { Source = alone.Source.roll(1, 1) };
        Assert.NotEqual(beside, model.NegativeLogLikelihood(other).PerSentence()[0].item<float>(), 3);
    }

    /// <summary>Step by step, in standard operators and by the run's kernels, the logits are those of teacher forcing.</summary>
    [Fact]
    public void Decoding_step_by_step_equals_teacher_forcing()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        manual_seed(5);
        using var model = (Small with { Shape = new TransformerShape { Width = 16, Layers = 2, Heads = 4, Dropout = 0 } }).Build(Words);
        var batch = Pairs();
        var source = model.Encode(batch.Source, batch.SourceLengths);
        var tokens = randint(4, Words, [2, 50]);

        ModelChecks.DecodingEqualsTeacherForcing(model, model.StartDecoding(source), tokens, model.Logits(tokens, source));
    }

    /// <summary>It learns to turn texts round, which takes attention to the right place of the source, and writes them so.</summary>
    [Fact]
    public void It_learns_to_reverse_a_text()
    {
        const int words = 10, length = 4;
        manual_seed(6);
        using var model = new TransformerSeq2SeqConfig
        {
            Shape = new TransformerShape { Width = 32, Layers = 1, Heads = 2, Dropout = 0 },
            LabelSmoothing = 0.05,
        }.Build(words);
        using var optimizer = optim.Adam(model.parameters(), 5e-3);
        for (var step = 0; step < 250; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            (model.Loss(Reversed(words, length, 32)) / 32).backward();
            optimizer.step();
        }

        using var test = NewDisposeScope();
        var unseen = Reversed(words, length, 20);
        var written =
            TextGenerator.Generate(model, unseen.Source, unseen.SourceLengths, GenerationOptions.Greedy with { MaxTokens = length + 2 });
        var right = written.Where((text, row) =>
            text.SequenceEqual(unseen.Target.Targets[row].data<long>().Take(length).Select(id => (int)id))).Count();
        Assert.True(right >= 18, $"{right} of 20 are right");
    }

    /// <summary>In batches, whatever their size, pairs have the likelihood and sources the translations that they have alone; the loss
    /// holds the likelihood.</summary>
    [Fact]
    public void A_set_of_pairs_is_evaluated_and_translated_in_its_order()
    {
        static EncodedSentences Set(params int[][] sentences) => new(sentences, [.. sentences.Select(_ => new Sentence("", "", ""))]);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        manual_seed(7);
        using var model = (Small with { SourceVocabulary = 0 }).Build(Words);
        var pairs = new EncodedPairs(Set([4, 5, 3], [5], [3, 4, 4, 5, 6, 6]), Set([6, 5, 5, 4], [4, 4], [3]));

        var evaluation = Likelihood.Evaluate(model, pairs, batchSize: 2);
        var written =
            TextGenerator.Generate(Prompt.From(model, pairs.Source), GenerationOptions.Greedy with { MaxTokens = 5, BatchSize = 2 });

        Assert.Equal(10, evaluation.Tokens);
        for (var i = 0; i < pairs.Count; i++)
        {
            var alone = pairs.Batch([i], CPU);
            Assert.Equal(model.NegativeLogLikelihood(alone).Total.item<float>(), evaluation.PerSentence[i], 4);
            Assert.Equal(model.NegativeLogLikelihood(alone).Total.item<float>(), model.LossAndNll(alone).Nll.item<float>(), 4);
            Assert.Equal(
                TextGenerator.Generate(model, alone.Source, alone.SourceLengths, GenerationOptions.Greedy with { MaxTokens = 5 })[0],
                written[i]);
        }
    }

    private static TextPairBatch Reversed(int words, int length, int size)
    {
        var texts = Enumerable.Range(0, size).Select(_ => randint(4, words, [length]).data<long>().Select(id => (int)id).ToArray())
            .ToArray();
        return Pair(texts, [.. texts.Select(text => text.Reverse().ToArray())]);
    }

    private static TextPairBatch Pairs(int rows = 2) =>
        Pair(new int[][] { [4, 5, 3], [5, 4, 5, 3, 3, 4] }[..rows], new int[][] { [6, 5], [4, 4, 6, 3, 5] }[..rows]);

    private static TextPairBatch Pair(int[][] sources, int[][] targets)
    {
        var read = Sentences.Batch(sources);
        return new TextPairBatch(read.Targets, read.Lengths, Sentences.Batch(targets));
    }
}
