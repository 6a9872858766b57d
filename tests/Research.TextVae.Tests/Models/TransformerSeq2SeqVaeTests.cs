using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Tests.PyTorch;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Models;

public sealed class TransformerSeq2SeqVaeTests
{
    private const int Words = 7;

    private static readonly TransformerSeq2SeqVaeConfig Small = new()
    {
        Shape = new TransformerShape { Width = 4, Layers = 2, Heads = 2, FeedForward = 5, Dropout = 0 },
        LatentSize = 2,
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Gradients_agree_with_finite_differences(bool tied)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var model = (Small with { TieOutput = tied }).Build(Words);
        model.to(ScalarType.Float64);
        var batch = Pairs();
        var noise = StandardNormal.Sample(2, model.LatentSize, 3).to_type(ScalarType.Float64);
        ModelChecks.GradientsAgreeWithFiniteDifferences(model, () =>
        {
            var terms = model.Elbo(batch, noise);
            return terms.Reconstruction.Total + terms.Kl.sum() * 0.7;
        });
    }

    /// <summary>The prior sees the source alone, the posterior both texts, and neither the padding that another pair brings.</summary>
    [Fact]
    public void Prior_and_posterior_see_what_they_may()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        manual_seed(2);
        using var model = Small.Build(Words);
        var (pair, other) = (Pair([[4, 5]], [[6, 5]]), Pair([[4, 5]], [[6, 6]]));
        var beside = Pair([[4, 5], [4, 4, 4, 4]], [[6, 5], [5, 5, 5, 5, 5]]);

        TensorAssert.Close(model.Prior(pair).Mean, model.Prior(other).Mean, 1e-6);
        TensorAssert.Close(model.Prior(pair).Mean, model.Prior(beside).Mean[..1], 1e-5);
        TensorAssert.Close(model.Encode(pair).Mean, model.Encode(beside).Mean[..1], 1e-5);
        Assert.True((model.Encode(pair).Mean - model.Encode(other).Mean).abs().max().item<float>() > 1e-3);
    }

    /// <summary>Step by step the decoder gives the likelihood of the whole pass, and a prompt decodes z = μ(x) + σ(x) ε.</summary>
    [Fact]
    public void Decoding_step_by_step_equals_the_whole_pass()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        manual_seed(3);
        using var model = Small.Build(Words);
        var batch = Pairs();
        var noise = StandardNormal.Sample(2, model.LatentSize, 5);
        var z = model.Prior(batch).Sample(noise);

        var source = model.Read(batch.Source, batch.SourceLengths);
        var state = model.StartDecoding(source, z);
        var stepwise = zeros(2);
        for (var t = 0; t < batch.Target.Time; t++)
        {
            (var logits, state) = model.DecodeStep(batch.Target.Inputs.select(1, t), state);
            var loss = logits.log_softmax(1).gather(1, batch.Target.Targets.select(1, t).unsqueeze(1)).squeeze(1);
            stepwise -= loss * batch.Target.Mask.select(1, t).to_type(ScalarType.Float32);
        }

        TensorAssert.Close(model.NegativeLogLikelihood(batch, z).PerSentence(), stepwise, 1e-4);
        var sources = new EncodedSentences([[4, 5, 3], [5, 4, 5, 3, 3, 4]], [new("", "", ""), new("", "", "")]);
        var greedy = GenerationOptions.Greedy with { MaxTokens = 4, AllowUnknown = true };
        var written = Prompt.From(model, sources, noise).Generate(greedy);
        var (first, _) = model.DecodeStep(full([2], (long)Vocabulary.BosId, ScalarType.Int64),
            model.StartDecoding(source, z));
        // A text ends or begins with the likeliest token but <pad> and <s>.
        for (var i = 0; i < 2; i++)
            Assert.Equal(
                first[i][Vocabulary.EosId..].argmax().item<long>() + Vocabulary.EosId, written[i].Append(Vocabulary.EosId).First());
    }

    private static TextPairBatch Pairs() => Pair([[4, 5, 3], [5, 4, 5, 3, 3, 4]], [[6, 5], [4, 4, 6, 3, 5]]);

    private static TextPairBatch Pair(int[][] sources, int[][] targets)
    {
        var read = Sentences.Batch(sources);
        return new TextPairBatch(read.Targets, read.Lengths, Sentences.Batch(targets));
    }
}
