using Research.TextVae.Generation;
using Research.TextVae.Kernels;
using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Tests.PyTorch;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Models;

public sealed class TransformerLmTests
{
    private const int Vocabulary = 7;

    private static readonly TransformerLmConfig Small = new()
    {
        Shape = new TransformerShape { Width = 4, Layers = 2, Heads = 2, FeedForward = 5, Dropout = 0 },
    };

    private static readonly TransformerLmConfig Learned = Small with
    {
        Shape = Small.Shape with { Positions = PositionKind.Learned, MaxPositions = 5 },
        TieOutput = false,
    };

    public static TheoryData<TransformerLmConfig> Forms { get; } = [Small, Learned];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Gradients_agree_with_finite_differences(TransformerLmConfig config)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var model = config.Build(Vocabulary);
        model.to(ScalarType.Float64);
        var batch = Sentences.Batch([4, 5, 6], [5], [6, 4]);
        ModelChecks.GradientsAgreeWithFiniteDifferences(model, () => model.NegativeLogLikelihood(batch).Total);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void One_step_changes_every_parameter(TransformerLmConfig config)
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        using var model = config.Build(Vocabulary);
        var batch = Sentences.Batch([4, 5, 6, 4], [5, 3]);
        ModelChecks.OneStepChangesEveryParameter(model, () => model.NegativeLogLikelihood(batch).Total);
    }

    /// <summary>No logit knows a token that comes later.</summary>
    [Fact]
    public void A_later_token_changes_no_earlier_logit()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var model = Larger(3);
        var tokens = randint(4, Vocabulary, [2, 40]);
        var logits = model.Logits(tokens);

        var changed = tokens.clone();
        changed[.., 25] = tensor(3L);
        var after = model.Logits(changed);

        Assert.True(logits[.., ..25].Equals(after[.., ..25]));
        Assert.False(logits[.., 25..].allclose(after[.., 25..], atol: 1e-3));
    }

    /// <summary>Token by token with the cache of keys and values, past its first capacity, the logits are those of the whole
    /// text.</summary>
    [Fact]
    public void Decoding_step_by_step_equals_the_whole_pass()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var model = Larger(4);
        var tokens = randint(4, Vocabulary, [3, 70]);
        var whole = model.Logits(tokens);

        ModelChecks.DecodingEqualsTeacherForcing(model, model.StartDecoding(3), tokens, whole);
    }

    /// <summary>Writing long texts, past the capacity the cache begins with, leaves no tensor behind.</summary>
    [Fact]
    public void Writing_leaves_no_tensors_behind()
    {
        using var model = Larger(7);
        void Write() => TextGenerator.Generate(model, 3, GenerationOptions.Sample() with { MaxTokens = 150 }, seed: 1);
        Write();

        TensorAssert.LeavesNoTensor(Write);
    }

    /// <summary>Two continuations of one state do not disturb each other.</summary>
    [Fact]
    public void A_state_can_be_continued_twice()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var model = Larger(5);
        var tokens = tensor([4L, 5, 6]);
        var shared = model.DecodeStep(tokens, model.StartDecoding(3)).State;
        var first = model.DecodeStep(tokens.flip(0), shared).State;
        var alone = model.DecodeStep(tokens, first).Logits;

        first = model.DecodeStep(tokens.flip(0), shared).State;
        model.DecodeStep(tokens, shared);

        Assert.True(alone.allclose(model.DecodeStep(tokens, first).Logits, atol: 1e-6));
    }

    /// <summary>The model written once more in plain PyTorch, with the same weights.</summary>
    [Fact]
    public void Losses_and_gradients_are_those_of_PyTorch()
    {
        using var scope = NewDisposeScope();
        using var model = Larger(6);
        var batch = Sentences.Batch([4, 5, 6, 4, 4], [5, 3], [6, 6, 6]);
        var nll = model.NegativeLogLikelihood(batch);
        nll.Total.backward();

        var weights = model.named_parameters().Select(entry => (Name: entry.name.Replace('.', '_'), Value: (Tensor)entry.parameter))
            .ToArray();
        var reference = Python.Run(
            """
            import math
            from torch.nn import functional as F
            prefixes = ("embedding_", "decoder_", "output_")
            p = {name: value.requires_grad_() for name, value in globals().items() if name.startswith(prefixes)}
            batch, time = inputs.shape
            width, heads = 16, 4
            places = torch.arange(time).unsqueeze(1) / 10000 ** (torch.arange(0, width, 2) / width)
            table = torch.zeros(time, width)
            table[:, 0::2], table[:, 1::2] = places.sin(), places.cos()
            x = F.embedding(inputs, p["embedding_tokens_weight"]) * math.sqrt(width) + table
            def linear(x, name): return F.linear(x, p[name + "_weight"], p[name + "_bias"])
            def norm(x, name): return F.layer_norm(x, [width], p[name + "_weight"], p[name + "_bias"])
            def split(x): return x.view(batch, time, heads, -1).transpose(1, 2)
            for layer in range(2):
                at = f"decoder_blocks_{layer}_"
                q, k, v = map(split, linear(norm(x, at + "attention_norm"), at + "attention_query_key_value").chunk(3, 2))
                scores = q @ k.transpose(2, 3) / math.sqrt(width // heads)
                attention = scores.masked_fill(torch.ones(time, time).triu(1).bool(), -math.inf).softmax(3)
                result[f"map_{layer}"] = attention
                x = x + linear((attention @ v).transpose(1, 2).reshape(batch, time, width), at + "attention_output")
                inner = F.gelu(linear(norm(x, at + "feed_forward_norm"), at + "feed_forward_expand"))
                x = x + linear(inner, at + "feed_forward_contract")
            logits = F.linear(norm(x, "decoder_norm"), p["embedding_tokens_weight"], p["output_bias"])
            losses = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="none").view(batch, time) * mask
            losses.sum().backward()
            result.update({"losses": losses, **{"grad_" + name: value.grad for name, value in p.items()}})
            """,
            [("inputs", batch.Inputs), ("targets", batch.Targets), ("mask", batch.Mask), .. weights]);

        TensorAssert.Close(reference["losses"], nll.PerToken, 1e-5, "losses");
        foreach (var (name, parameter) in model.named_parameters())
            TensorAssert.Close(reference["grad_" + name.Replace('.', '_')], parameter.grad, 1e-5, name);
        var maps = new AttentionMaps();
        model.Logits(batch.Inputs, maps);
        Assert.Equal(2, maps.Self.Count);
        for (var layer = 0; layer < 2; layer++)
            TensorAssert.Close(reference[$"map_{layer}"], maps.Self[layer], 1e-6, $"attention of layer {layer}");
    }

    [Fact]
    public void A_text_longer_than_the_learned_positions_is_the_users_mistake()
    {
        using var model = Learned.Build(Vocabulary);

        var error = Assert.Throws<UserException>(() => model.NegativeLogLikelihood(Sentences.Batch([4, 5, 6, 4, 5])));
        Assert.Contains("6 tokens is longer than the 5 positions", error.Message, StringComparison.Ordinal);
        Assert.Throws<UserException>(() => TextGenerator.Generate(model, 20, GenerationOptions.Sample()));
    }

    [Fact]
    public void Heads_that_do_not_divide_the_width_are_the_users_mistake() =>
        Assert.Throws<UserException>(() => new TransformerLmConfig
        {
            Shape = new TransformerShape { Width = 10, Heads = 4 },
        }.Build(Vocabulary));

    private static TransformerLm Larger(long seed)
    {
        manual_seed(seed);
        return (Small with { Shape = new TransformerShape { Width = 16, Layers = 2, Heads = 4, Dropout = 0 } }).Build(Vocabulary);
    }
}
