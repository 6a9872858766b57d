using Research.TextVae.Models;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Synthetic;

/// <summary>
/// Codes in four clusters about (±2, ±2), with standard deviation 1, and sentences that an <see cref="LstmOracle"/> generates from them
/// (He et al. 2019, section 3).
/// </summary>
public static class ClusteredCodes
{
    /// <summary>Draws codes from the clusters in turn; [count, 2].</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Seed of the draws.</param>
    public static Tensor Sample(int count, ulong seed)
    {
        float[] centres = [.. Enumerable.Range(0, count).SelectMany(i => new[] { Centre(i).X, Centre(i).Y })];
        return tensor(centres).view(count, LstmOracle.Latent) + StandardNormal.Sample(count, LstmOracle.Latent, seed);
    }

    /// <summary>The centre of the cluster that a code is drawn from, such as <c>(2, −2)</c>.</summary>
    /// <param name="index">Place of the code in a sample.</param>
    public static string Cluster(int index) => FormattableString.Invariant($"({Centre(index).X:0;−0}, {Centre(index).Y:0;−0})");

    /// <summary>Generates sentences from codes in clusters.</summary>
    /// <param name="oracle">The source.</param>
    /// <param name="count">How many.</param>
    /// <param name="seed">Seed of the codes; that of the words is the next.</param>
    public static EncodedSentences SampleClustered(this LstmOracle oracle, int count, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(oracle);
        return oracle.Sample(Sample(count, seed), seed + 1);
    }

    /// <summary>
    /// Estimates −log p(x) and I(x; z) of the sentences in nats per sentence, p(x) as the mean of p(x|z) over samples of z.
    /// </summary>
    /// <param name="oracle">The source.</param>
    /// <param name="count">Sentences.</param>
    /// <param name="seed">Seed of the sentences, as <see cref="SampleClustered"/> takes it; that of z is the one after the next.</param>
    /// <param name="samples">Samples of z.</param>
    // I(x; z) = E[ log p(x|z) − log p(x) ]
    public static (double Nll, double MutualInformation) EstimateClustered(
        this LstmOracle oracle, int count, ulong seed, int samples = 2000)
    {
        ArgumentNullException.ThrowIfNull(oracle);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var targets = oracle.SampleClustered(count, seed).ToBatch().Targets;
        var likelihood = oracle.LogLikelihood(targets, Sample(samples, seed + 2)); // float64 [count, samples]
        var nll = Math.Log(samples) - likelihood.logsumexp(1).mean().item<double>();
        return (nll, oracle.LogLikelihoodOfPairs(targets, Sample(count, seed)).Average() + nll);
    }

    private static (float X, float Y) Centre(int index) => (index % 2 == 0 ? 2 : -2, index / 2 % 2 == 0 ? 2 : -2);
}
