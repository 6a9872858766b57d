using Research.TextVae.Kernels;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.PyTorch;

/// <summary>The optimizers that training uses, and its clipping, against PyTorch.</summary>
public sealed class OptimizerParityTests
{
    private const string Script = """
        from torch import nn, optim
        torch.manual_seed(3)
        start = [torch.randn(4, 3), torch.randn(3), torch.randn(2)]
        slopes = [[torch.randn(4, 3), torch.randn(3), torch.randn(2)] for _ in range(10)]
        for i, value in enumerate(start): emit(f"start.{i}", value)
        for t, step in enumerate(slopes):
            for i, value in enumerate(step): emit(f"slope.{t}.{i}", value)

        def train(name, make):
            parameters = [nn.Parameter(value.clone()) for value in start]
            optimizer = make(parameters)
            for t, step in enumerate(slopes):
                optimizer.zero_grad()
                # The last parameter has no gradient in every other step.
                loss = sum((p * s).sin().sum() for i, (p, s) in enumerate(zip(parameters, step)) if i < 2 or t % 2 == 0)
                loss.backward()
                for i, p in enumerate(parameters):
                    if i == 2 and t % 2 == 1: p.grad = None
                optimizer.step()
            for i, value in enumerate(parameters): emit(f"{name}.{i}", value)

        train("sgd", lambda p: optim.SGD(p, lr=0.1))
        train("adam", lambda p: optim.Adam(p, lr=0.05))
        train("adam-decay", lambda p: optim.Adam(p, lr=0.05, betas=(0.8, 0.95), weight_decay=0.1))
        train("adamw", lambda p: optim.AdamW(p, lr=0.05, weight_decay=0.1))

        for limit in [0.5, 100.0]:
            parameters = [nn.Parameter(value.clone()) for value in start]
            for p, s in zip(parameters, slopes[0]): p.grad = s.clone()
            emit(f"clip.{limit}.norm", float(nn.utils.clip_grad_norm_(parameters, limit)))
            for i, p in enumerate(parameters): emit(f"clip.{limit}.{i}", p.grad)
        """;

    private static readonly Lazy<PyTorchReference> _lazy = new(() => PyTorchReference.Run(Script));

    private static PyTorchReference Expected => _lazy.Value;

    [Theory]
    [InlineData("sgd")]
    [InlineData("adam")]
    [InlineData("adam-decay")]
    [InlineData("adamw")]
    public void Ten_steps_are_PyTorchs(string name)
    {
        using var scope = NewDisposeScope();
        var parameters = Start();
        using OptimizerHelper optimizer = name switch
        {
            "sgd" => optim.SGD(parameters, 0.1),
            "adam" => new FusedAdam(parameters, 0.05),
            "adam-decay" => new FusedAdam(parameters, 0.05, 0.8, 0.95, weight_decay: 0.1),
            _ => optim.AdamW(parameters, 0.05, weight_decay: 0.1),
        };

        for (var t = 0; t < 10; t++)
        {
            optimizer.zero_grad();
            var terms = parameters.Select((parameter, i) => (parameter * Expected[$"slope.{t}.{i}"]).sin().sum());
            terms.Take(t % 2 == 0 ? 3 : 2).Aggregate((left, right) => left + right).backward();
            if (t % 2 == 1)
                parameters[2].grad = null;
            optimizer.step();
        }

        for (var i = 0; i < parameters.Length; i++)
            TensorAssert.Close(Expected[$"{name}.{i}"], parameters[i], 1e-6, $"{name}, parameter {i}");
    }

    [Theory]
    [InlineData("0.5", 0.5)]
    [InlineData("100.0", 100.0)]
    public void Clipping_is_PyTorchs(string name, double limit)
    {
        using var scope = NewDisposeScope();
        var parameters = Start();
        for (var i = 0; i < parameters.Length; i++)
            parameters[i].grad = Expected[$"slope.0.{i}"].clone();

        var norm = GradientNorm.Clip(parameters, limit);

        Assert.Equal(Expected[$"clip.{name}.norm"].item<double>(), norm, 1e-6);
        for (var i = 0; i < parameters.Length; i++)
            TensorAssert.Close(Expected[$"clip.{name}.{i}"], parameters[i].grad, 1e-6);
    }

    private static Parameter[] Start() => [.. Enumerable.Range(0, 3).Select(i => nn.Parameter(Expected[$"start.{i}"].clone()))];
}
