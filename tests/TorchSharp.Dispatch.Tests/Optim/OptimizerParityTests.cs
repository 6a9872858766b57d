using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Optim;

/// <summary>Optimizers, clipping and schedulers against PyTorch.</summary>
public class OptimizerParityTests
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
        train("sgd-momentum", lambda p: optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01))
        train("sgd-nesterov", lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True))
        train("adam", lambda p: optim.Adam(p, lr=0.05))
        train("adam-decay", lambda p: optim.Adam(p, lr=0.05, betas=(0.8, 0.95), weight_decay=0.1))
        train("adam-amsgrad", lambda p: optim.Adam(p, lr=0.05, amsgrad=True))
        train("adamw", lambda p: optim.AdamW(p, lr=0.05, weight_decay=0.1))
        train("adamw-amsgrad", lambda p: optim.AdamW(p, lr=0.05, weight_decay=0.1, amsgrad=True))

        for norm_type in [2.0, 1.0, float("inf")]:
            for limit in [0.5, 100.0]:
                parameters = [nn.Parameter(value.clone()) for value in start]
                for p, s in zip(parameters, slopes[0]): p.grad = s.clone()
                total = nn.utils.clip_grad_norm_(parameters, limit, norm_type)
                emit(f"clip.{norm_type}.{limit}.norm", float(total))
                for i, p in enumerate(parameters): emit(f"clip.{norm_type}.{limit}.{i}", p.grad)

        def schedule(name, make, metrics=None):
            optimizer = optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.5)
            scheduler = make(optimizer)
            rates = [optimizer.param_groups[0]["lr"]]
            for t in range(12):
                optimizer.step()
                scheduler.step(metrics[t]) if metrics else scheduler.step()
                rates.append(optimizer.param_groups[0]["lr"])
            emit("rates." + name, rates)

        S = optim.lr_scheduler
        schedule("step", lambda o: S.StepLR(o, 3, 0.5))
        schedule("exponential", lambda o: S.ExponentialLR(o, 0.9))
        schedule("linear", lambda o: S.LinearLR(o, 0.25, total_iters=4))
        schedule("cosine", lambda o: S.CosineAnnealingLR(o, 5, 0.01))
        schedule("lambda", lambda o: S.LambdaLR(o, lambda t: 1 / (1 + t)))
        schedule("plateau", lambda o: S.ReduceLROnPlateau(o, factor=0.5, patience=1, cooldown=1, min_lr=0.1), [5, 4, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3])
        """;

    private static readonly Lazy<Reference> Lazy = new(() => Reference.Run(Script));

    private static Reference Expected => Lazy.Value;

    [Theory]
    [InlineData("sgd")]
    [InlineData("sgd-momentum")]
    [InlineData("sgd-nesterov")]
    [InlineData("adam")]
    [InlineData("adam-decay")]
    [InlineData("adam-amsgrad")]
    [InlineData("adamw")]
    [InlineData("adamw-amsgrad")]
    public void TenStepsArePyTorchs(string name)
    {
        using var scope = NewDisposeScope();
        var parameters = Start();
        using var optimizer = Make(name, parameters);

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
            TensorAssert.Close(Expected[$"{name}.{i}"], parameters[i], 1e-5, $"{name}, parameter {i}");
    }

    [Theory]
    [InlineData(2.0, 0.5)]
    [InlineData(2.0, 100.0)]
    [InlineData(1.0, 0.5)]
    [InlineData(1.0, 100.0)]
    [InlineData(double.PositiveInfinity, 0.5)]
    [InlineData(double.PositiveInfinity, 100.0)]
    public void ClippingIsPyTorchs(double normType, double limit)
    {
        using var scope = NewDisposeScope();
        var name = FormattableString.Invariant($"clip.{(double.IsInfinity(normType) ? "inf" : normType.ToString("f1"))}.{limit:f1}");
        var parameters = Start();
        for (var i = 0; i < parameters.Length; i++)
            parameters[i].grad = Expected[$"slope.0.{i}"].clone();

        var norm = nn.utils.clip_grad_norm_(parameters, limit, normType);

        Assert.Equal(Expected[name + ".norm"].item<double>(), norm, 1e-5);
        for (var i = 0; i < parameters.Length; i++)
            TensorAssert.Close(Expected[$"{name}.{i}"], parameters[i].grad);
    }

    [Theory]
    [InlineData("step")]
    [InlineData("exponential")]
    [InlineData("linear")]
    [InlineData("cosine")]
    [InlineData("lambda")]
    [InlineData("plateau")]
    public void SchedulesArePyTorchs(string name)
    {
        double[] metrics = [5, 4, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3];
        using var weight = nn.Parameter(zeros(1));
        using var optimizer = optim.SGD([weight], 0.5);
        var scheduler = name switch
        {
            "step" => optim.lr_scheduler.StepLR(optimizer, 3, 0.5),
            "exponential" => optim.lr_scheduler.ExponentialLR(optimizer, 0.9),
            "linear" => optim.lr_scheduler.LinearLR(optimizer, 0.25, total_iters: 4),
            "cosine" => optim.lr_scheduler.CosineAnnealingLR(optimizer, 5, 0.01),
            "lambda" => optim.lr_scheduler.LambdaLR(optimizer, t => 1.0 / (1 + t)),
            _ => optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor: 0.5, patience: 1, cooldown: 1, min_lr: [0.1]),
        };

        var rates = new List<double> { optimizer.ParamGroups.Single().LearningRate };
        for (var t = 0; t < 12; t++)
        {
            if (name == "plateau")
                scheduler.step(metrics[t]);
            else
                scheduler.step();
            rates.Add(optimizer.ParamGroups.Single().LearningRate);
        }

        TensorAssert.Close(Expected["rates." + name], tensor(rates.ToArray(), dtype: ScalarType.Float64), 1e-12, name);
    }

    private static Parameter[] Start() => [.. Enumerable.Range(0, 3).Select(i => nn.Parameter(Expected[$"start.{i}"].clone()))];

    private static OptimizerHelper Make(string name, Parameter[] parameters) => name switch
    {
        "sgd" => optim.SGD(parameters, 0.1),
        "sgd-momentum" => optim.SGD(parameters, 0.1, momentum: 0.9, weight_decay: 0.01),
        "sgd-nesterov" => optim.SGD(parameters, 0.1, momentum: 0.9, nesterov: true),
        "adam" => optim.Adam(parameters, 0.05),
        "adam-decay" => optim.Adam(parameters, 0.05, 0.8, 0.95, weight_decay: 0.1),
        "adam-amsgrad" => optim.Adam(parameters, 0.05, amsgrad: true),
        "adamw" => optim.AdamW(parameters, 0.05, weight_decay: 0.1),
        _ => optim.AdamW(parameters, 0.05, weight_decay: 0.1, amsgrad: true),
    };
}
