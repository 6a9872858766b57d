using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Synthetic;

/// <summary>
/// Codes of sentences of a <see cref="MarkovMixture"/> whose mutual information with the sentences is known: each class has a mean of
/// its own, far from the others, and a sentence is encoded to the mean of its most probable class. A code determines this class and
/// nothing else, so I(x; z) is the entropy of these classes.
/// </summary>
/// <param name="Posterior">q(z|x), float64, [sentences, latent].</param>
/// <param name="Codes">One sample per sentence from its posterior; float64 [sentences, latent].</param>
/// <param name="MutualInformation">I(x; z) in nats.</param>
public sealed record ClassCodes(DiagonalGaussian Posterior, Tensor Codes, double MutualInformation)
{
    private const double StandardDeviation = 0.02;
    private const double Spread = 1.5; // of the means

    /// <summary>Encodes sentences.</summary>
    /// <param name="mixture">The source.</param>
    /// <param name="sentences">Sentences that it has generated.</param>
    /// <param name="latentSize">Size of z.</param>
    /// <param name="seed">Seed of the means; the samples are drawn from the seed after the next.</param>
    public static ClassCodes Encode(MarkovMixture mixture, EncodedSentences sentences, int latentSize, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(mixture);
        ArgumentNullException.ThrowIfNull(sentences);
        int[] classes = [.. sentences.Select(sentence => Largest(mixture.ClassPosterior(sentence)))];
        var classMeans = Normal(mixture.Classes, latentSize, seed, Spread);
        var means = classMeans.index_select(0, tensor(Array.ConvertAll(classes, c => (long)c)));
        var posterior = new DiagonalGaussian(means, full_like(means, 2 * Math.Log(StandardDeviation)));
        var codes = posterior.Sample(Normal(sentences.Count, latentSize, seed + 2, 1));
        return new ClassCodes(posterior, codes, Statistics.Entropy(classes));
    }

    private static Tensor Normal(int rows, int columns, ulong seed, double scale) =>
        (StandardNormal.Sample(rows, columns, seed) * scale).to_type(ScalarType.Float64);

    private static int Largest(double[] values) => Array.IndexOf(values, values.Max());
}
