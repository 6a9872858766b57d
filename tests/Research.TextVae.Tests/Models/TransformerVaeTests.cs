using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Models;

public sealed class TransformerVaeTests
{
    private const int Vocabulary = 7;

    private static readonly TransformerVaeConfig Small = new()
    {
        Shape = new TransformerShape { Width = 4, Layers = 2, Heads = 2, FeedForward = 5, Dropout = 0 },
        LatentSize = 2,
    };

    public static TheoryData<TransformerVaeConfig> Forms { get; } =
    [
        Small,
        Small with { MemoryTokens = 0, Pooling = Pooling.Mean, ShareEmbeddings = true },
        Small with { LatentInEmbedding = false, MemoryTokens = 3, TieOutput = false, Pooling = Pooling.Max },
    ];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Gradients_agree_with_finite_differences(TransformerVaeConfig config)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var model = config.Build(Vocabulary);
        model.to(ScalarType.Float64);
        var batch = Sentences.Batch([4, 5, 6], [5]);
        var noise = StandardNormal.Sample(batch.Size, model.LatentSize, 3).to_type(ScalarType.Float64);
        ModelChecks.GradientsAgreeWithFiniteDifferences(model, () => Loss(model, batch, noise));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void One_step_changes_every_parameter(TransformerVaeConfig config)
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        using var model = config.Build(Vocabulary);
        var batch = Sentences.Batch([4, 5, 6, 4], [5, 3]);
        ModelChecks.OneStepChangesEveryParameter(model, () => Loss(model, batch, StandardNormal.Sample(batch.Size, model.LatentSize, 3)));
    }

    /// <summary>A sentence's losses do not depend on the padding its neighbours bring.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public void Padding_changes_nothing(TransformerVaeConfig config)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        manual_seed(3);
        using var model = config.Build(Vocabulary);
        var (alone, beside) = (Sentences.Batch([4, 5]), Sentences.Batch([4, 5], [6, 6, 6, 6, 5, 4]));
        var noise = StandardNormal.Sample(2, model.LatentSize, 1);

        var (single, first) = (model.Elbo(alone, noise[..1]), model.Elbo(beside, noise));

        Assert.Equal(single.Reconstruction.PerSentence()[0].item<float>(), first.Reconstruction.PerSentence()[0].item<float>(), 4);
        Assert.Equal(single.Kl[0].sum().item<float>(), first.Kl[0].sum().item<float>(), 4);
    }

    /// <summary>Step by step, in standard operators and by the run's kernels, the logits are those of teacher forcing.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public void Decoding_step_by_step_equals_teacher_forcing(TransformerVaeConfig config)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        manual_seed(4);
        using var model = config.Build(Vocabulary);
        var batch = Sentences.Batch([4, 5, 6], [6, 5, 4]);
        var z = StandardNormal.Sample(2, model.LatentSize, 5);
        var whole = model.NegativeLogLikelihood(batch, z).PerSentence();

        foreach (var run in new DecodingSession[] { new StepwiseSession(model, model.StartDecoding(z)),
            model.StartSession(model.StartDecoding(z)) })
        {
            var stepwise = zeros(2);
            for (var t = 0; t < batch.Time; t++)
                stepwise -= run.Next(batch.Inputs.select(1, t)).log_softmax(1).gather(1, batch.Targets.select(1, t).unsqueeze(1))
                    .squeeze(1);
            Assert.True(whole.allclose(stepwise, atol: 1e-4), $"{run.GetType().Name}: {whole} against {stepwise}");
        }
    }

    /// <summary>The memory is looked at: each block's keys are the vectors made of z, then the text, and every row sums to 1.</summary>
    [Fact]
    public void Attention_maps_show_the_memory_first()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        manual_seed(5);
        using var model = (Small with { MemoryTokens = 3 }).Build(Vocabulary);
        var batch = Sentences.Batch([4, 5, 6]);
        var maps = new AttentionMaps();

        model.NegativeLogLikelihood(batch, StandardNormal.Sample(1, model.LatentSize, 6), maps);

        Assert.Equal(2, maps.Self.Count);
        Assert.Equal([1, 2, 4, 7], maps.Self[0].shape);
        Assert.True(maps.Self[0].sum(3).allclose(ones(1, 2, 4)));
        Assert.Equal(4, maps.Self[0][0, 0, 0].ne(0).sum().item<long>());
    }

    [Fact]
    public void A_decoder_that_cannot_see_z_is_the_users_mistake() =>
        Assert.Throws<UserException>(() => (Small with { MemoryTokens = 0, LatentInEmbedding = false }).Build(Vocabulary));

    private static Tensor Loss(TransformerVae model, TextBatch batch, Tensor noise)
    {
        var terms = model.Elbo(batch, noise);
        return terms.Reconstruction.Total + terms.Kl.sum() * 0.7;
    }
}
