using Research.TextVae.Models;
using Research.TextVae.Text;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>The reconstruction loss of autoencoders.</summary>
public static class ReconstructionError
{
    /// <summary>The loss that the model is trained by, as a mean over all elements of a set, dropout off.</summary>
    /// <param name="model">The model; its training mode is restored.</param>
    /// <param name="examples">The vectors; at least one.</param>
    public static double Evaluate(DenseAutoencoder model, IDataset<VectorBatch> examples)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var mode = new EvaluationMode(model);
        return model.Loss(examples.ToBatch(model.parameters().First().device).Values).item<float>();
    }
}
