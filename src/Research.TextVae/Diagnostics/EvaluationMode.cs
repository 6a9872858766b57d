using static TorchSharp.torch;

namespace Research.TextVae.Diagnostics;

/// <summary>Switches a model's dropout off until disposed.</summary>
public readonly struct EvaluationMode : IDisposable
{
    private readonly nn.Module model;
    private readonly bool training;

    public EvaluationMode(nn.Module model)
    {
        this.model = model;
        training = model.training;
        model.eval();
    }

    public void Dispose() => model.train(training);
}
