using Research.TextVae.Models.Layers;
using Research.TextVae.Tests.PyTorch;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Models;

public sealed class OutputLayerTests
{
    /// <summary>As a model of one's own has it, and in double precision, for which the weights are replaced.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void A_tied_layer_has_the_losses_of_its_logits_and_their_gradients(int width)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var model = new Tied(width);
        model.to(ScalarType.Float64);
        var batch = Sentences.Batch([4, 5, 6], [5], [6, 4]);
        var states = randn([3, batch.Time, 4], ScalarType.Float64);

        var losses = model.Output.Nll(states, batch);

        var expected = -model.Output.call(states).log_softmax(2).gather(2, batch.Targets.unsqueeze(2)).squeeze(2)
            * batch.Mask.to_type(ScalarType.Float64);
        TensorAssert.Close(expected, losses.PerToken, 1e-12);
        string[] names = width == 4 ? ["table.weight", "output.bias"] : ["table.weight", "output.bias", "output.bottleneck.weight"];
        Assert.Equal(names, model.named_parameters().Select(entry => entry.name));
        ModelChecks.GradientsAgreeWithFiniteDifferences(model, () => model.Output.Nll(states, batch).Total);
    }

    private sealed class Tied : nn.Module
    {
        private readonly EmbeddingLayer table;
        private readonly OutputLayer output;

        public Tied(int width)
            : base(nameof(Tied))
        {
            table = new EmbeddingLayer(7, width);
            output = new OutputLayer(4, 7, table);
            RegisterComponents();
            this.KeepTensors();
        }

        public OutputLayer Output => output;
    }
}
