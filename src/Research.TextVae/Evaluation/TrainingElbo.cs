using Research.TextVae.Models;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>−ELBO with the dropout and the word dropout of training: what the latent code is learned for.</summary>
public static class TrainingElbo
{
    /// <summary>Evaluates a VAE on a set, which is one batch; nats per sentence.</summary>
    /// <param name="model">The model; its training mode is restored.</param>
    /// <param name="sentences">The sentences.</param>
    /// <param name="seed">Seed of LibTorch's default generator, which dropout and the samples of z draw from.</param>
    public static double Evaluate(TextVaeModel model, EncodedSentences sentences, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sentences);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var training = model.training;
        model.train();
        manual_seed(unchecked((long)seed));
        var terms = model.Elbo(sentences.ToBatch(model.Device));
        model.train(training);
        return (terms.Reconstruction.Total + terms.Kl.sum()).item<float>() / sentences.Count;
    }
}
