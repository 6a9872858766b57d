using Research.TextVae.Models;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Synthetic;

/// <summary>
/// What is known of sentences of an <see cref="LstmOracle"/> by quadrature over a <see cref="CodeGrid"/>, in nats per sentence.
/// </summary>
/// <param name="Nll">−log p(x).</param>
/// <param name="PosteriorKl">KL(q(z|x) ‖ p(z|x)) of an encoder: what its ELBO falls short of log p(x) by.</param>
/// <param name="MutualInformation">I(x; z) of the source, the mean of log p(x|z) − log p(x) at the codes of the sentences.</param>
public sealed record OracleTruth(double Nll, double PosteriorKl, double MutualInformation)
{
    /// <summary>Evaluates the truth of sentences, and an encoder by it.</summary>
    /// <param name="model">The encoder, before the true decoder; dropout is off.</param>
    /// <param name="oracle">The source.</param>
    /// <param name="sentences">Sentences that it has generated.</param>
    /// <param name="codes">The code of each; [sentences, 2].</param>
    /// <param name="grid">Its cells should be small beside the standard deviations of q(z|x).</param>
    public static OracleTruth Evaluate(OracleVae model, LstmOracle oracle, EncodedSentences sentences, Tensor codes, CodeGrid grid)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(oracle);
        ArgumentNullException.ThrowIfNull(grid);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var mode = new EvaluationMode(model);
        var batch = sentences.ToBatch();
        var likelihood = oracle.LogLikelihood(batch.Targets, grid.Codes); // float64 [sentences, points]
        var nll = grid.Nll(likelihood).mean().item<double>();
        var posterior = model.Encode(batch);
        var kl = grid.PosteriorKl(new DiagonalGaussian(Double(posterior.Mean), Double(posterior.LogVariance)), likelihood);
        return new OracleTruth(nll, kl.mean().item<double>(), oracle.LogLikelihoodOfPairs(batch.Targets, codes).Average() + nll);
    }

    private static Tensor Double(Tensor tensor) => tensor.to_type(ScalarType.Float64);
}
