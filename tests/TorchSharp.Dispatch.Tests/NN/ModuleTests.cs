using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Tests.NN;

public class ModuleTests
{
    private sealed class Network : nn.Module<Tensor, Tensor>
    {
        private readonly Embedding embedding = nn.Embedding(7, 3);
        private readonly LSTM encoder = nn.LSTM(3, 5, batchFirst: true);
        private readonly ModuleList<nn.Module<Tensor, Tensor>> layers = nn.ModuleList<nn.Module<Tensor, Tensor>>(nn.Linear(5, 5), nn.LayerNorm(5));
        private readonly Sequential head = nn.Sequential(("hidden", nn.Linear(5, 5)), ("drop", nn.Dropout(0.5)), ("out", nn.Linear(5, 7)));
        private readonly Parameter scale = nn.Parameter(ones(5));
        private readonly Tensor offset = zeros(5);

        public Network()
            : base(nameof(Network)) => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var (value, _, _) = encoder.call(embedding.call(input));
            foreach (var layer in layers)
                value = layer.call(value).tanh();
            return head.call(value * scale + offset).MoveToOuterDisposeScope();
        }
    }

    private static Tensor Tokens => tensor(new long[] { 1, 2, 3, 4, 5, 6 }).reshape(2, 3);

    [Fact]
    public void StateIsNamedAsInPyTorch()
    {
        using var network = new Network();

        Assert.Equal(
            [
                "scale", "offset", "embedding.weight", "encoder.weight_ih_l0", "encoder.weight_hh_l0", "encoder.bias_ih_l0", "encoder.bias_hh_l0",
                "layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias",
                "head.hidden.weight", "head.hidden.bias", "head.out.weight", "head.out.bias",
            ],
            network.state_dict().Keys);
        Assert.Equal(14, network.parameters().Count());
        Assert.Equal("offset", Assert.Single(network.named_buffers()).name);
    }

    [Fact]
    public void StateMovesFromOneModelToAnother()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var source = new Network();
        using var target = new Network();
        source.eval();
        target.eval();

        var (missing, unexpected) = target.load_state_dict(source.state_dict());

        Assert.Empty(missing);
        Assert.Empty(unexpected);
        TensorAssert.Identical(source.call(Tokens), target.call(Tokens));
    }

    [Fact]
    public void StateThatDoesNotFitIsNamedAndChangesNothing()
    {
        using var network = new Network();
        var state = network.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.detach().clone().add(1));
        state.Remove("scale");
        state["extra"] = zeros(1);
        state["offset"] = zeros(6);
        var before = network.get_parameter("embedding.weight")!.clone();

        var error = Assert.Throws<InvalidOperationException>(() => network.load_state_dict(state));

        Assert.Contains("missing scale", error.Message);
        Assert.Contains("unexpected extra", error.Message);
        Assert.Contains("offset has shape [6], the module's has [5]", error.Message);
        TensorAssert.Identical(before, network.get_parameter("embedding.weight")!);
    }

    [Fact]
    public void EveryParameterChangesInOneStep()
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        using var network = new Network();
        using var optimizer = optim.Adam(network.parameters());
        var before = network.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.detach().clone());

        nn.functional.cross_entropy(network.call(Tokens).view(-1, 7), Tokens.view(-1)).backward();
        optimizer.step();

        foreach (var (name, parameter) in network.named_parameters())
            Assert.False(before[name].Equals(parameter), $"{name} did not change");
    }

    [Fact]
    public void GradientsAreThoseOfFiniteDifferences()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        using var network = new Network().to(ScalarType.Float64);
        network.eval();

        TensorAssert.Gradients(
            () => nn.functional.cross_entropy(network.call(Tokens).view(-1, 7), Tokens.view(-1)),
            network.named_parameters().Select(entry => (entry.name, (Tensor)entry.parameter)));
    }

    [Fact]
    public void TrainingModeReachesEveryModule()
    {
        using var network = new Network();

        network.eval();

        Assert.All(network.modules(), module => Assert.False(module.training));
        network.train();
        Assert.All(network.modules(), module => Assert.True(module.training));
    }

    [Fact]
    public void ConversionKeepsTheObjectsAndConvertsTheGradients()
    {
        using var scope = NewDisposeScope();
        using var linear = nn.Linear(3, 2);
        using var optimizer = optim.Adam(linear.parameters());
        linear.call(ones(1, 3)).sum().backward();
        var weight = linear.weight;

        var converted = linear.to(ScalarType.Float64);

        Assert.Same(linear, converted);
        Assert.Same(weight, linear.weight);
        Assert.Equal(ScalarType.Float64, weight.dtype);
        Assert.Equal(ScalarType.Float64, weight.grad!.dtype);
        linear.call(ones(1, 3, dtype: ScalarType.Float64)).sum().backward();
        TensorAssert.Close(full([2, 3], 2, dtype: ScalarType.Float64), weight.grad);
    }

    [Fact]
    public void ZeroGradFreesTheGradientsOrClearsThem()
    {
        using var scope = NewDisposeScope();
        using var linear = nn.Linear(3, 2);
        linear.call(ones(1, 3)).sum().backward();

        linear.zero_grad(set_to_none: false);
        TensorAssert.Identical(zeros(2), linear.bias!.grad!);
        linear.zero_grad();

        Assert.Null(linear.weight.grad);
    }

    [Fact]
    public void ASharedWeightIsOneParameterUnderTwoNames()
    {
        using var model = nn.Sequential(("first", nn.Linear(3, 3)), ("second", nn.Linear(3, 3)));
        ((Linear)model[1]).weight = ((Linear)model[0]).weight;

        Assert.Equal(3, model.parameters().Count());
        Assert.Equal(4, model.state_dict().Count);
    }

    [Fact]
    public void HooksSeeAndChangeTheCall()
    {
        using var scope = NewDisposeScope();
        using var linear = nn.Linear(2, 2);
        var hook = linear.register_forward_hook((_, _, output) => output * 0);

        TensorAssert.Identical(zeros(1, 2), linear.call(ones(1, 2)));
        hook.remove();

        TensorAssert.Identical(linear.forward(ones(1, 2)), linear.call(ones(1, 2)));
    }

    [Fact]
    public void AModuleOutlivesTheScopeItWasMadeInAndLeavesNothingBehind()
    {
        var before = TensorAssert.LiveAfterCollection();
        Network network;
        using (NewDisposeScope())
            network = new Network();
        using (network)
        using (var optimizer = optim.Adam(network.parameters()))
        using (NewDisposeScope())
        {
            network.call(Tokens).sum().backward();
            optimizer.step();
        }

        Assert.Equal(before, NativeBackend.LiveTensors);
    }
}
