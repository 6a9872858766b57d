using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Modules;

/// <summary>Modules against PyTorch: same weights, same outputs and gradients; and same seed, same initial weights.</summary>
public class ModuleParityTests
{
    private const string Script = """
        def run(name, module, *inputs, train=True):
            module.train(train)
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
            for i, value in enumerate(inputs):
                if torch.is_tensor(value):
                    emit(f"{name}.input.{i}", value)
                    if value.requires_grad: emit(f"{name}.input_grad.{i}", value.grad)

        def data(*shape, dtype=torch.float32):
            return torch.randn(*shape, dtype=dtype).requires_grad_()

        from torch import nn
        torch.manual_seed(1)
        for layers, bidirectional, first, bias in [(1, False, True, True), (2, False, False, True), (2, True, True, True), (1, True, False, False)]:
            case = f"{layers}-{bidirectional}-{first}-{bias}"
            shape = (3, 5, 4) if first else (5, 3, 4)
            states = layers * (2 if bidirectional else 1)
            lstm = nn.LSTM(4, 6, layers, bias=bias, batch_first=first, bidirectional=bidirectional)
            run("lstm-" + case, lstm, data(*shape))
            h, c = torch.randn(states, 3, 6), torch.randn(states, 3, 6)
            emit(f"lstm-{case}.h0", h); emit(f"lstm-{case}.c0", c)
            run("lstm-state-" + case, lstm, data(*shape), (h, c))
            run("gru-" + case, nn.GRU(4, 6, layers, bias=bias, batch_first=first, bidirectional=bidirectional), data(*shape))
        run("lstm-double", nn.LSTM(4, 6, batch_first=True).double(), data(3, 5, 4, dtype=torch.float64))
        run("linear", nn.Linear(4, 3), data(2, 5, 4))
        run("embedding", nn.Embedding(7, 3, padding_idx=2), torch.tensor([[0, 2, 6], [1, 1, 3]]))
        bag = nn.EmbeddingBag(7, 3, mode="sum")
        weights = data(5)
        emit("bag.weight", bag.weight); emit("bag.factors", weights)
        sums = bag(torch.tensor([0, 2, 6, 2, 1]), torch.tensor([0, 3, 3]), weights)
        sums.square().sum().backward()
        emit("bag.sums", sums); emit("bag.weight.grad", bag.weight.grad); emit("bag.factors.grad", weights.grad)
        run("layernorm", nn.LayerNorm(4), data(3, 4))
        run("batchnorm", nn.BatchNorm1d(4), data(5, 4))
        run("batchnorm-eval", nn.BatchNorm1d(4), data(5, 4), train=False)
        run("stack", nn.Sequential(nn.Linear(4, 8), nn.GELU(), nn.Linear(8, 8), nn.SiLU(), nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 3), nn.Sigmoid()), data(5, 4))

        logits = data(6, 5)
        target = torch.tensor([0, 4, 2, 2, 1, 3])
        emit("cross.logits", logits); emit("cross.target", target)
        loss = nn.functional.cross_entropy(logits, target, ignore_index=2)
        loss.backward()
        emit("cross.loss", loss); emit("cross.grad", logits.grad)

        for seed, make in enumerate([lambda: nn.Linear(5, 4), lambda: nn.LSTM(3, 4, 2, bidirectional=True), lambda: nn.GRU(3, 4), lambda: nn.Embedding(6, 3, padding_idx=1)]):
            torch.manual_seed(seed)
            emit_state(f"seed.{seed}", make())
        for seed, fill in enumerate([nn.init.orthogonal_, nn.init.xavier_uniform_, nn.init.xavier_normal_, nn.init.kaiming_uniform_, nn.init.kaiming_normal_]):
            torch.manual_seed(seed)
            emit(f"init.{seed}", fill(torch.empty(4, 6)))
        torch.manual_seed(9)
        emit("init.tall", nn.init.orthogonal_(torch.empty(6, 4), gain=2))
        """;

    private static readonly Lazy<Reference> Lazy = new(() => Reference.Run(Script));

    private static Reference Expected => Lazy.Value;

    public static TheoryData<int, bool, bool, bool> Recurrent => new()
    {
        { 1, false, true, true },
        { 2, false, false, true },
        { 2, true, true, true },
        { 1, true, false, false },
    };

    [Theory]
    [MemberData(nameof(Recurrent))]
    public void LstmIsPyTorchs(int layers, bool bidirectional, bool batchFirst, bool bias)
    {
        var name = $"{layers}-{bidirectional}-{batchFirst}-{bias}";
        using var lstm = nn.LSTM(4, 6, layers, bias, batchFirst, bidirectional: bidirectional);
        Check($"lstm-{name}", lstm, input => lstm.call(input) is var (output, h, c) ? [output, h, c] : []);
        Check($"lstm-state-{name}", lstm, input => lstm.call(input, (Expected[$"lstm-{name}.h0"], Expected[$"lstm-{name}.c0"])) is var (output, h, c) ? [output, h, c] : []);
    }

    [Fact]
    public void LstmInDoublePrecisionIsPyTorchs()
    {
        using var lstm = nn.LSTM(4, 6, batchFirst: true, dtype: ScalarType.Float64);
        Check("lstm-double", lstm, input => lstm.call(input) is var (output, h, c) ? [output, h, c] : [], 1e-12);
    }

    [Theory]
    [MemberData(nameof(Recurrent))]
    public void GruIsPyTorchs(int layers, bool bidirectional, bool batchFirst, bool bias)
    {
        using var gru = nn.GRU(4, 6, layers, bias, batchFirst, bidirectional: bidirectional);
        Check($"gru-{layers}-{bidirectional}-{batchFirst}-{bias}", gru, input => gru.call(input) is var (output, h) ? [output, h] : []);
    }

    [Fact]
    public void FeedForwardModulesArePyTorchs()
    {
        Check("linear", nn.Linear(4, 3));
        Check("embedding", nn.Embedding(7, 3, padding_idx: 2));
        Check("layernorm", nn.LayerNorm(4));
        Check("batchnorm", nn.BatchNorm1d(4));
        Check("batchnorm-eval", nn.BatchNorm1d(4), train: false);
        Check("stack", nn.Sequential(
            nn.Linear(4, 8), nn.GELU(), nn.Linear(8, 8), nn.SiLU(), nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 3), nn.Sigmoid()));
    }

    [Fact]
    public void EmbeddingBagIsPyTorchs()
    {
        using var bag = nn.EmbeddingBag(7, 3, mode: EmbeddingBagMode.Sum);
        using (no_grad()) bag.weight!.copy_(Expected["bag.weight"]);
        using var factors = Expected["bag.factors"].clone().requires_grad_();

        using var sums = bag.call(tensor(new long[] { 0, 2, 6, 2, 1 }), tensor(new long[] { 0, 3, 3 }), factors);
        sums.square().sum().backward();

        TensorAssert.Close(Expected["bag.sums"], sums);
        TensorAssert.Close(Expected["bag.weight.grad"], bag.weight!.grad);
        TensorAssert.Close(Expected["bag.factors.grad"], factors.grad);
    }

    [Fact]
    public void CrossEntropyIsPyTorchs()
    {
        using var logits = Expected["cross.logits"].clone().requires_grad_();

        using var loss = nn.functional.cross_entropy(logits, Expected["cross.target"], ignore_index: 2);
        loss.backward();

        TensorAssert.Close(Expected["cross.loss"], loss);
        TensorAssert.Close(Expected["cross.grad"], logits.grad);
    }

    [Fact]
    public void SameSeedGivesPyTorchsInitialWeights()
    {
        Func<nn.Module>[] modules =
            [() => nn.Linear(5, 4), () => nn.LSTM(3, 4, 2, bidirectional: true), () => nn.GRU(3, 4), () => nn.Embedding(6, 3, padding_idx: 1)];
        for (var seed = 0; seed < modules.Length; seed++)
        {
            manual_seed(seed);
            using var module = modules[seed]();
            foreach (var (name, weight) in Expected.Under($"seed.{seed}"))
                TensorAssert.Identical(weight, module.state_dict()[name], name);
        }
    }

    [Fact]
    public void SameSeedGivesPyTorchsInitialisers()
    {
        Func<Tensor, Tensor>[] fills =
        [
            tensor => nn.init.orthogonal_(tensor), tensor => nn.init.xavier_uniform_(tensor), tensor => nn.init.xavier_normal_(tensor),
            tensor => nn.init.kaiming_uniform_(tensor), tensor => nn.init.kaiming_normal_(tensor),
        ];
        for (var seed = 0; seed < fills.Length; seed++)
        {
            manual_seed(seed);
            TensorAssert.Close(Expected[$"init.{seed}"], fills[seed](empty(4, 6)), 1e-6, $"initialiser {seed}");
        }
        manual_seed(9);
        TensorAssert.Close(Expected["init.tall"], nn.init.orthogonal_(empty(6, 4), gain: 2), 1e-6);
    }

    private static void Check(string name, nn.Module<Tensor, Tensor> module, bool train = true)
    {
        using (module)
            Check(name, module, input => [module.call(input)], train: train);
    }

    private static void Check(string name, nn.Module module, Func<Tensor, Tensor[]> forward, double tolerance = 1e-5, bool train = true)
    {
        using var scope = NewDisposeScope();
        module.zero_grad();
        module.train(train);
        module.load_state_dict(Expected.Under(name + ".state"));
        var input = Expected[name + ".input.0"].clone();
        if (input.is_floating_point())
            input.requires_grad_();

        var outputs = forward(input);
        var loss = outputs.Select(output => (output * arange(output.numel()).reshape(output.shape).to(output.dtype).cos()).sum())
            .Aggregate((left, right) => left + right);
        loss.backward();

        foreach (var (index, output) in Expected.Under(name + ".output"))
            TensorAssert.Close(output, outputs[int.Parse(index)], tolerance, $"{name}: output {index}");
        foreach (var (key, gradient) in Expected.Under(name + ".grad"))
            TensorAssert.Close(gradient, module.get_parameter(key)!.grad, tolerance * 10, $"{name}: gradient of {key}");
        foreach (var (_, gradient) in Expected.Under(name + ".input_grad"))
            TensorAssert.Close(gradient, input.grad, tolerance * 10, $"{name}: gradient of the input");
    }
}
