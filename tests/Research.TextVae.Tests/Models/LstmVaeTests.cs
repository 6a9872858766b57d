using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Tests.PyTorch;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Models;

public sealed class LstmVaeTests
{
    private const int Vocabulary = 7;

    private static readonly LstmVaeConfig Small = new() { EmbeddingSize = 3, HiddenSize = 4, LatentSize = 2, Dropout = 0 };

    public static TheoryData<LstmVaeConfig> Forms { get; } =
    [
        Small,
        Small with { LatentInInitialState = false },
        Small with { LatentAtEveryStep = false },
        Small with { ShareEmbeddings = true },
        Small with { TieOutput = true },
        Small with { TieOutput = true, ShareEmbeddings = true, EmbeddingSize = 4 },
        Small with { LatentAtOutput = true, Pooling = Pooling.Max },
        Small with { PosteriorBatchNormScale = 0.7, Pooling = Pooling.Mean },
        Small with { EmbeddingSize = 4, LatentPositions = 2 },
        Small with { EmbeddingSize = 4, LatentPositions = 8, ShareEmbeddings = true, LatentAtEveryStep = false },
        Small with { Classes = 3, ClassEmbeddingSize = 2, LatentAtOutput = true },
    ];

    /// <summary>Every weight's gradient of reconstruction + 0.7 KL against central differences in double precision.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public void Gradients_agree_with_finite_differences(LstmVaeConfig config)
    {
        manual_seed(1);
        using var model = config.Build(Vocabulary);
        model.to(ScalarType.Float64);
        var batch = Sentences.Batch([4, 5, 6], [5], [6, 4]) with { Labels = torch.tensor(new long[] { 2, 0, 1 }) };
        var noise = StandardNormal.Sample(batch.Size, model.LatentSize, 3).to_type(ScalarType.Float64);
        Tensor Loss()
        {
            var terms = model.Elbo(batch, noise);
            return terms.Reconstruction.Total + terms.Kl.sum() * 0.7;
        }

        ModelChecks.GradientsAgreeWithFiniteDifferences(model, Loss);
    }

    /// <summary>A sentence's losses do not depend on the padding its neighbours bring.</summary>
    [Fact]
    public void Padding_changes_nothing()
    {
        manual_seed(2);
        using var model = Small.Build(Vocabulary);
        var (alone, beside) = (Sentences.Batch([4, 5]), Sentences.Batch([4, 5], [6, 6, 6, 6, 5, 4]));
        var noise = StandardNormal.Sample(2, model.LatentSize, 1);

        var single = model.Elbo(alone, noise[..1]);
        var first = model.Elbo(beside, noise);

        Assert.Equal(single.Reconstruction.PerSentence()[0].item<float>(), first.Reconstruction.PerSentence()[0].item<float>(), 5);
        Assert.Equal(single.Kl[0].sum().item<float>(), first.Kl[0].sum().item<float>(), 5);
        Assert.Equal(3, first.Reconstruction.PerToken[0].ne(0).sum().item<long>());
    }

    /// <summary>Step by step the decoder gives the log-likelihood that teacher forcing gives in one go.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public void Decoding_step_by_step_equals_teacher_forcing(LstmVaeConfig config)
    {
        manual_seed(3);
        using var model = config.Build(Vocabulary);
        model.eval();
        using var _ = no_grad();
        var batch = Sentences.Batch([4, 5, 6], [6, 5, 4]) with { Labels = torch.tensor(new long[] { 1, 2 }) };
        var z = StandardNormal.Sample(2, model.LatentSize, 5);

        var whole = model.NegativeLogLikelihood(batch, z).PerSentence();
        var state = model.StartDecoding(config.Classes > 0 ? model.Condition(z, batch.Labels!) : z);
        var stepwise = zeros(2);
        for (var t = 0; t < batch.Time; t++)
        {
            var (logits, next) = model.DecodeStep(batch.Inputs.select(1, t), state);
            stepwise -= logits.log_softmax(1).gather(1, batch.Targets.select(1, t).unsqueeze(1)).squeeze(1);
            state = next;
        }

        Assert.True(whole.allclose(stepwise, atol: 1e-4), $"{whole} against {stepwise}");
    }

    /// <summary>The native session, which takes its texts apart and on, gives the logits of the single steps.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public void A_session_gives_the_logits_of_the_steps(LstmVaeConfig config)
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        using var model = config.Build(Vocabulary);
        model.eval();
        using var _ = no_grad();
        var rows = torch.tensor(new long[] { 2, 0 });
        var z = StandardNormal.Sample(3, model.LatentSize, 9);
        var state = model.StartDecoding(config.Classes > 0 ? model.Condition(z, torch.tensor(new long[] { 1, 2, 0 })) : z);
        var session = model.StartSession(state);

        foreach (var tokens in new long[][] { [2, 2, 2], [4, 5, 6], [6, 6, 4], [5, 4, 4] })
        {
            (var logits, state) = model.DecodeStep(torch.tensor(tokens), state);
            TensorAssert.Close(logits, session.Next(torch.tensor(tokens)).clone(), 1e-5);
        }

        state = state.Select(rows);
        session.Select(rows);
        TensorAssert.Close(model.DecodeStep(rows, state).Logits, session.Next(rows).clone(), 1e-5);
    }

    [Fact]
    public void Binding_needs_word_vectors_as_wide_as_states()
    {
        var error = Assert.Throws<UserException>(() => (Small with { LatentPositions = 3 }).Build(Vocabulary));
        Assert.Contains("EmbeddingSize is 3 and HiddenSize 4", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The KL term of a model with classes is that against the class's prior: by quadrature over a fine grid, dimension by
    /// dimension.</summary>
    [Fact]
    public void With_classes_the_kl_is_against_the_class_prior()
    {
        manual_seed(6);
        using var model = (Small with { Classes = 2, ClassEmbeddingSize = 2 }).Build(Vocabulary);
        using var _ = no_grad();
        model.get_parameter("class_prior.weight")!.copy_(StandardNormal.Sample(2, 4, 8) * 0.5);
        var batch = Sentences.Batch([4, 5], [6]) with { Labels = torch.tensor(new long[] { 1, 0 }) };

        var terms = model.Elbo(batch);

        var prior = model.Prior(batch)!;
        var grid = linspace(-12, 12, 4001, ScalarType.Float64).view(-1, 1, 1); // [points, 1, 1]
        Tensor Density(DiagonalGaussian gaussian) =>
            (grid - gaussian.Mean).pow(2) / gaussian.LogVariance.exp() * -0.5 - gaussian.LogVariance * 0.5;
        var mass = Density(terms.Posterior).softmax(0);
        var expected = (mass * (Density(terms.Posterior) - Density(prior))).sum(0L).to_type(ScalarType.Float32);
        Assert.True(expected.allclose(terms.Kl, rtol: 1e-4, atol: 1e-5), $"{expected} and {terms.Kl}");
    }

    /// <summary>After a reset the encoder is the trained one and the decoder that of the new model.</summary>
    [Fact]
    public void Resetting_the_decoder_keeps_the_encoder()
    {
        manual_seed(5);
        using var model = Small.Build(Vocabulary);
        using var fresh = Small.Build(Vocabulary);
        var before = model.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.detach().clone());

        model.ResetDecoder(fresh);

        var encoder = model.EncoderParameters().Select(parameter => parameter.Handle).ToHashSet();
        foreach (var ((name, parameter), (_, other)) in model.named_parameters().Zip(fresh.named_parameters()))
        {
            Assert.Equal(name.StartsWith("encoder", StringComparison.Ordinal) || name.StartsWith("posterior", StringComparison.Ordinal),
                encoder.Contains(parameter.Handle));
            Assert.True(parameter.Equals(encoder.Contains(parameter.Handle) ? before[name] : other), name);
        }
    }

    [Fact]
    public void Word_dropout_and_dropout_act_in_training_only()
    {
        manual_seed(4);
        using var model = (Small with { Dropout = 0.5, WordDropout = 0.5, HiddenSize = 16 }).Build(Vocabulary);
        var batch = Sentences.Batch([4, 5, 6, 4, 5, 6]);
        var z = StandardNormal.Sample(1, model.LatentSize, 6);
        float Loss() => model.NegativeLogLikelihood(batch, z).Total.item<float>();

        Assert.NotEqual(Loss(), Loss());
        model.eval();
        Assert.Equal(Loss(), Loss());
    }
}
