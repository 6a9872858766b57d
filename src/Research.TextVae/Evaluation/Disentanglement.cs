using Research.TextVae.Models;
using Research.TextVae.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>Whether single dimensions of codes stand for single attributes of their sentences.</summary>
/// <param name="Mig">The mutual information gap (Chen et al. 2018, equation 6).</param>
/// <param name="Dci">Disentanglement, completeness and informativeness.</param>
public sealed record Disentanglement(double Mig, Dci Dci)
{
    private const int Bins = 20; // Locatello et al. 2019, appendix C

    /// <summary>Measures codes by attributes.</summary>
    /// <param name="codes">[sentences, latent], two dimensions at least.</param>
    /// <param name="attributes">Of each attribute the class of each sentence, from 0; those that do not vary are left out.</param>
    /// <param name="seed">Seed of the division into sentences to train on and to judge by.</param>
    /// <exception cref="UserException">No attribute varies.</exception>
    public static Disentanglement Evaluate(Tensor codes, IReadOnlyList<IReadOnlyList<int>> attributes, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(codes);
        ArgumentNullException.ThrowIfNull(attributes);
        IReadOnlyList<int>[] varying = [.. attributes.Where(classes => classes.Distinct().Skip(1).Any())];
        if (varying.Length == 0)
            throw new UserException($"none of {attributes.Count} attributes varies over the sentences; take more sentences.");
        var options = new InformationOptions { Bins = Math.Min(Bins, varying[0].Count), Shuffles = 1 };
        double[] Nats(IReadOnlyList<int> classes) =>
            [.. DimensionInformation.Estimate(codes, classes, options, seed).Dimensions.Select(dimension => dimension.Value)];
        return new Disentanglement(
            Gap([.. varying.Select(Nats)], [.. varying.Select(classes => Statistics.Entropy([.. classes]))]),
            Dci.Evaluate(codes, varying, seed));
    }

    /// <summary>
    /// The same of the codes turned at random, the mean over some rotations: the same information along directions that mean nothing. Where
    /// axes mean something, the codes as they are have more.
    /// </summary>
    /// <inheritdoc cref="Evaluate"/>
    /// <param name="rotations">Rotations, at least one.</param>
    public static Disentanglement EvaluateRotated(
        Tensor codes, IReadOnlyList<IReadOnlyList<int>> attributes, int rotations, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(codes);
        using var scope = NewDisposeScope();
        var scaled = codes / codes.std(0L, unbiased: false).clamp_min(1e-6);
        Disentanglement[] all =
        [
            .. Enumerable.Range(0, Require.AtLeast(1, rotations)).Select(i =>
                Evaluate(scaled.matmul(Rotation(codes.shape[1], StableRandom.Derive(seed, (ulong)i)).to(codes.dtype)), attributes, seed)),
        ];
        return new Disentanglement(all.Average(one => one.Mig), new Dci(
            all.Average(one => one.Dci.Disentanglement), all.Average(one => one.Dci.Completeness),
            all.Average(one => one.Dci.Informativeness)));
    }

    /// <summary>The mutual information gap: how far the most informative dimension of each attribute is ahead of the next, as a share of
    /// the attribute's entropy.</summary>
    /// <param name="information">Of each attribute, the information that each dimension has about it in nats; negative estimates count
    /// as 0. At least two dimensions.</param>
    /// <param name="entropies">The entropy of each attribute in nats.</param>
    // MIG = (1/K) Σ_k [ I(z_j(k); v_k) − max_{j ≠ j(k)} I(z_j; v_k) ] / H(v_k),   j(k) = argmax_j I(z_j; v_k)
    public static double Gap(IReadOnlyList<IReadOnlyList<double>> information, IReadOnlyList<double> entropies)
    {
        ArgumentNullException.ThrowIfNull(information);
        return information.Zip(entropies, (nats, entropy) =>
        {
            double[] ranked = [.. nats.Select(value => Math.Max(0, value)).OrderDescending()];
            return (ranked[0] - ranked[1]) / entropy;
        }).Average();
    }

    // Q of a Gaussian matrix, whose signs make it uniform over all rotations and reflections.
    private static Tensor Rotation(long size, ulong seed)
    {
        var (q, r) = linalg.qr(StandardNormal.Sample(size, size, seed));
        return q * r.diagonal().sign();
    }
}
