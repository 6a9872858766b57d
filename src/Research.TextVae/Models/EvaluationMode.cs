using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>Switches a model's dropout off until disposed.</summary>
public readonly struct EvaluationMode : IDisposable
{
    private readonly nn.Module _model;
    private readonly bool _training;

    /// <param name="model">The model; its training mode is restored at the end.</param>
    public EvaluationMode(nn.Module model)
    {
        _model = model;
        _training = model.training;
        model.eval();
    }

    /// <summary>Restores the training mode.</summary>
    public void Dispose() => _model.train(_training);
}
