using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>
/// The posterior p(z|x) that a VAE with a one-dimensional latent code implies, by the trapezoidal rule on a line of codes, beside the
/// posterior q(z|x) of its encoder (He et al. 2019, section 3).
/// </summary>
/// <param name="Nll">−log p(x) of each sentence, in nats.</param>
/// <param name="ModelMeans">Mean of p(z|x) for each sentence.</param>
/// <param name="EncoderMeans">Mean of q(z|x) for each sentence.</param>
public sealed record QuadraturePosterior(IReadOnlyList<double> Nll, IReadOnlyList<double> ModelMeans, IReadOnlyList<double> EncoderMeans)
{
    /// <summary>Evaluates the model, dropout off, on every sentence of the set, which is one batch.</summary>
    /// <param name="model">A model with a latent code of size 1; its training mode is restored.</param>
    /// <param name="sentences">The sentences.</param>
    /// <param name="points">Points of the line.</param>
    /// <param name="reach">Half its length, in standard deviations of the prior.</param>
    /// <exception cref="ArgumentException">The latent code has another size.</exception>
    // p(x) = ∫ p(z) p(x|z) dz ≈ Σ_g p(g) p(x|g) Δ,   E[z|x] ≈ Σ_g g p(g) p(x|g) Δ / p(x)
    public static QuadraturePosterior Evaluate(TextVaeModel model, EncodedSentences sentences, int points, double reach = 5)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sentences);
        Require.AtLeast(2, points);
        if (model.LatentSize != 1)
            throw new ArgumentException($"The latent code has size {model.LatentSize}, not 1.", nameof(model));
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var mode = new EvaluationMode(model);
        var batch = sentences.ToBatch(model.Device);
        var codes = linspace(-reach, reach, points, device: model.Device);
        var cell = 2 * reach / (points - 1);
        Tensor LogLikelihood(double z) => -model.NegativeLogLikelihood(batch, full([batch.Size, 1], z, device: model.Device)).PerSentence();
        var prior = DiagonalGaussian.PriorLogDensity(codes.unsqueeze(1)) + Math.Log(cell); // [points]
        var joint = prior + stack(Numbers(codes).Select(LogLikelihood), 1); // [sentences, points]
        return new QuadraturePosterior(
            Numbers(-joint.logsumexp(1)), Numbers(joint.softmax(1).matmul(codes)), Numbers(model.Encode(batch).Mean.squeeze(1)));
    }

    private static double[] Numbers(Tensor values) => Array.ConvertAll(values.cpu().data<float>().ToArray(), value => (double)value);
}
