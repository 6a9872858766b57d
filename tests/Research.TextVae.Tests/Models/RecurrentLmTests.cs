using System.Text.Json;
using Research.TextVae.Models;
using Research.TextVae.Tests.PyTorch;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Models;

public sealed class RecurrentLmTests
{
    private const int Vocabulary = 7;

    private static readonly RecurrentLmConfig Small = new() { EmbeddingSize = 3, HiddenSize = 4, Layers = 2, Dropout = 0 };

    public static TheoryData<RecurrentLmConfig> Forms { get; } =
    [
        Small,
        Small with { Cell = RecurrentCell.Gru },
        Small with { TieOutput = true },
        Small with { Cell = RecurrentCell.Gru, TieOutput = true, EmbeddingSize = 4, Layers = 1 },
    ];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Gradients_agree_with_finite_differences(RecurrentLmConfig config)
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
    public void Decoding_step_by_step_equals_the_whole_pass(RecurrentLmConfig config)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        manual_seed(2);
        using var model = config.Build(Vocabulary);
        var batch = Sentences.Batch([4, 5, 6], [6, 5, 4]);

        var whole = model.NegativeLogLikelihood(batch).PerSentence();
        var state = model.StartDecoding(2);
        var stepwise = zeros(2);
        for (var t = 0; t < batch.Time; t++)
        {
            (var logits, state) = model.DecodeStep(batch.Inputs.select(1, t), state);
            stepwise -= logits.log_softmax(1).gather(1, batch.Targets.select(1, t).unsqueeze(1)).squeeze(1);
        }

        TensorAssert.Close(whole, stepwise, 1e-5);
    }

    /// <summary>A text in two stretches with the state carried over has the losses of the text in one, and the second stretch's gradient
    /// ends at its start.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public void The_state_can_be_carried_to_the_next_stretch(RecurrentLmConfig config)
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        using var model = config.Build(Vocabulary);
        var text = Sentences.Batch([4, 5, 6, 4, 4, 6, 5], [6, 5, 4, 4, 5, 5, 6]);
        TextBatch Part(long first, long count) => new(
            text.Inputs.narrow(1, first, count), text.Targets.narrow(1, first, count), text.Lengths, text.Mask.narrow(1, first, count),
            2 * count);

        var whole = model.NegativeLogLikelihood(text).PerToken;
        var (start, state) = model.NegativeLogLikelihood(Part(0, 5), model.StartDecoding(2));
        var (end, _) = model.NegativeLogLikelihood(Part(5, 3), state);

        TensorAssert.Close(whole, cat([start.PerToken, end.PerToken], 1), 1e-6);
        var loss = end.Total;
        loss.backward();
        start.Total.backward(); // the first stretch's graph is its own
    }

    /// <summary>The weights have the names that PyTorch gives the same modules, and mean the same.</summary>
    [Theory]
    [InlineData(RecurrentCell.Lstm)]
    [InlineData(RecurrentCell.Gru)]
    public void Losses_and_gradients_are_those_of_PyTorch(RecurrentCell cell)
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        using var model = (Small with { Cell = cell }).Build(Vocabulary);
        var batch = Sentences.Batch([4, 5, 6, 4, 4], [5, 3], [6, 6, 6]);
        var nll = model.NegativeLogLikelihood(batch);
        nll.Total.backward();

        var weights = model.named_parameters().Select(entry => (Name: entry.name.Replace('.', '_'), Value: (Tensor)entry.parameter))
            .ToArray();
        var kind = cell == RecurrentCell.Lstm ? "lstm" : "gru";
        var reference = Python.Run(
            """
            from torch import nn
            from torch.nn import functional as F
            class Model(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.embedding = nn.Embedding(7, 3)
                    self.KIND = nn.KINDUPPER(3, 4, 2, batch_first=True)
                    self.output = nn.Linear(4, 7)
            model = Model()
            with torch.no_grad():
                for name, parameter in model.named_parameters():
                    parameter.copy_(globals()[name.replace(".", "_")])
            logits = model.output(model.KIND(model.embedding(inputs))[0])
            losses = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="none").view_as(mask) * mask
            losses.sum().backward()
            result.update({"losses": losses, **{"grad_" + name.replace(".", "_"): p.grad for name, p in model.named_parameters()}})
            """.Replace("KINDUPPER", kind.ToUpperInvariant(), StringComparison.Ordinal).Replace("KIND", kind, StringComparison.Ordinal),
            [("inputs", batch.Inputs), ("targets", batch.Targets), ("mask", batch.Mask), .. weights]);

        TensorAssert.Close(reference["losses"], nll.PerToken, 1e-5, "losses");
        foreach (var (name, parameter) in model.named_parameters())
            TensorAssert.Close(reference["grad_" + name.Replace('.', '_')], parameter.grad, 1e-5, name);
    }

    [Fact]
    public void The_configuration_round_trips_through_JSON()
    {
        var json = JsonSerializer.Serialize<ModelConfig>(Small with { Cell = RecurrentCell.Gru });

        Assert.Contains("\"family\":\"recurrent-lm\"", json, StringComparison.Ordinal);
        Assert.Equal(Small with { Cell = RecurrentCell.Gru }, JsonSerializer.Deserialize<ModelConfig>(json));
    }
}
