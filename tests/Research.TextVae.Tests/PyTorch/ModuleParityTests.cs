using System.Globalization;
using Research.TextVae.Models;
using Research.TextVae.Models.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.PyTorch;

/// <summary>Modules against PyTorch: same names, same weights, same outputs and gradients; and same seed, same initial weights.</summary>
public sealed class ModuleParityTests
{
    private const string Script = """
        def run(name, module, *inputs):
            module.zero_grad()
            emit_state(name + ".state", module)
            output = module(*inputs)
            outputs = []
            def walk(value):
                if torch.is_tensor(value): outputs.append(value)
                else: [walk(item) for item in value]
            walk(output)
            loss = sum((value * torch.arange(value.numel()).reshape(value.shape).to(value.dtype).cos()).sum() for value in outputs)
            loss.backward()
            for i, value in enumerate(outputs): emit(f"{name}.output.{i}", value)
            for key, parameter in module.named_parameters(): emit(f"{name}.grad.{key}", parameter.grad)
            emit(f"{name}.input.0", inputs[0])
            if inputs[0].requires_grad: emit(f"{name}.input_grad.0", inputs[0].grad)

        def data(*shape):
            return torch.randn(*shape).requires_grad_()

        from torch import nn
        torch.manual_seed(1)
        for layers in [1, 2]:
            h, c = torch.randn(layers, 3, 6), torch.randn(layers, 3, 6)
            emit(f"h0.{layers}", h); emit(f"c0.{layers}", c)
            for kind in [nn.LSTM, nn.GRU]:
                module = kind(4, 6, layers, batch_first=True)
                run(f"{kind.__name__}-{layers}", module, data(3, 5, 4))
                run(f"{kind.__name__}-state-{layers}", module, data(3, 5, 4), (h, c) if kind is nn.LSTM else h)
        run("linear", nn.Linear(4, 3), data(2, 5, 4))
        run("linear-no-bias", nn.Linear(4, 3, bias=False), data(2, 4))
        run("linear-large", nn.Linear(400, 300), data(40, 400))
        run("embedding", nn.Embedding(7, 3), torch.tensor([[0, 2, 6], [1, 1, 3]]))
        run("layernorm", nn.LayerNorm(4), data(3, 4))
        bag = nn.EmbeddingBag(7, 3, mode="sum")
        factors = torch.randn(5)
        emit("bag.weight", bag.weight); emit("bag.factors", factors)
        sums = bag(torch.tensor([0, 2, 6, 2, 1]), torch.tensor([0, 3, 3]), factors)
        sums.square().sum().backward()
        emit("bag.sums", sums); emit("bag.grad", bag.weight.grad)

        for seed, make in enumerate([lambda: nn.Linear(5, 4), lambda: nn.LSTM(3, 4, 2), lambda: nn.GRU(3, 4), lambda: nn.Embedding(6, 3)]):
            torch.manual_seed(seed)
            emit_state(f"seed.{seed}", make())
        """;

    private static readonly Lazy<PyTorchReference> _lazy = new(() => PyTorchReference.Run(Script));

    private static PyTorchReference Expected => _lazy.Value;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Lstm_layers_are_PyTorchs(int layers)
    {
        using var lstm = new RecurrentLayer(4, 6, layers);
        Tensor[] Run(Tensor input, RecurrentState? state) => lstm.call(input, state) is var (output, after)
            ? [output, after.Hidden, after.Cell!]
            : [];
        Check($"LSTM-{layers}", lstm, input => Run(input, null));
        Check($"LSTM-state-{layers}", lstm, input => Run(input, new(Expected[$"h0.{layers}"], Expected[$"c0.{layers}"])));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Gru_layers_are_PyTorchs(int layers)
    {
        using var gru = new RecurrentLayer(4, 6, layers, cell: RecurrentCell.Gru);
        Tensor[] Run(Tensor input, RecurrentState? state) => gru.call(input, state) is var (output, after) ? [output, after.Hidden] : [];
        Check($"GRU-{layers}", gru, input => Run(input, null));
        Check($"GRU-state-{layers}", gru, input => Run(input, new(Expected[$"h0.{layers}"], null)));
    }

    [Fact]
    public void Feed_forward_layers_are_PyTorchs()
    {
        Check("linear", new LinearLayer(4, 3));
        Check("linear-no-bias", new LinearLayer(4, 3, hasBias: false));
        Check("linear-large", new LinearLayer(400, 300));
        Check("embedding", new EmbeddingLayer(7, 3));
        Check("layernorm", nn.LayerNorm(4));
    }

    [Fact]
    public void Sums_over_bags_are_PyTorchs()
    {
        using var scope = NewDisposeScope();
        using var table = new EmbeddingLayer(7, 3);
        using (no_grad())
            table.Weight.copy_(Expected["bag.weight"]);
        var sums = table.Sum(tensor(new long[] { 0, 2, 6, 2, 1 }), tensor(new long[] { 0, 3, 3 }), Expected["bag.factors"]);
        sums.square().sum().backward();

        TensorAssert.Close(Expected["bag.sums"], sums, 1e-6);
        TensorAssert.Close(Expected["bag.grad"], table.Weight.grad, 1e-6);
    }

    [Fact]
    public void The_same_seed_gives_PyTorchs_initial_weights()
    {
        Func<nn.Module>[] modules =
            [() => new LinearLayer(5, 4), () => new RecurrentLayer(3, 4, 2), () => new RecurrentLayer(3, 4, cell: RecurrentCell.Gru),
                () => new EmbeddingLayer(6, 3)];
        for (var seed = 0; seed < modules.Length; seed++)
        {
            manual_seed(seed);
            using var module = modules[seed]();
            foreach (var (name, weight) in Expected.Under($"seed.{seed}"))
                TensorAssert.Identical(weight, module.state_dict()[name], name);
        }
    }

    private static void Check(string name, nn.Module<Tensor, Tensor> module)
    {
        using (module)
            Check(name, module, input => [module.call(input)]);
    }

    private static void Check(string name, nn.Module module, Func<Tensor, Tensor[]> forward)
    {
        using var scope = NewDisposeScope();
        module.zero_grad();
        var state = Expected.Under(name + ".state");
        Assert.Equal(state.Keys.Order(), module.state_dict().Keys.Order());
        module.load_state_dict(state);
        var input = Expected[name + ".input.0"].clone();
        if (input.is_floating_point())
            input.requires_grad_();

        var outputs = forward(input);
        outputs.Select(output => (output * arange(output.numel()).reshape(output.shape).to(output.dtype).cos()).sum())
            .Aggregate((left, right) => left + right).backward();

        foreach (var (index, output) in Expected.Under(name + ".output"))
            TensorAssert.Close(output, outputs[int.Parse(index, CultureInfo.InvariantCulture)], 3e-6, $"{name}: output {index}");
        foreach (var (key, gradient) in Expected.Under(name + ".grad"))
            TensorAssert.Close(gradient, module.get_parameter(key)!.grad, 1e-5, $"{name}: gradient of {key}");
        foreach (var (_, gradient) in Expected.Under(name + ".input_grad"))
            TensorAssert.Close(gradient, input.grad, 1e-5, $"{name}: gradient of the input");
    }
}
