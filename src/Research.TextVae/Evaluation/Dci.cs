using Research.TextVae.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>
/// Disentanglement, completeness and informativeness (Eastwood and Williams 2018, section 2) by an L1-penalised classifier of each
/// attribute, whose weights say which dimensions it needs.
/// </summary>
/// <param name="Disentanglement">1 where every dimension that is used serves one attribute, 0 where each serves all alike.</param>
/// <param name="Completeness">1 where every attribute is told by one dimension, 0 where all dimensions are needed alike.</param>
/// <param name="Informativeness">Mean accuracy over attributes on codes that were not trained on.</param>
public sealed record Dci(double Disentanglement, double Completeness, double Informativeness)
{
    private static readonly double[] Penalties = [0.1, 0.03, 0.01, 0.003, 0.001];

    /// <summary>Trains the classifiers on three fifths of the codes, chooses the penalty of each by a fifth, and judges it by the last
    /// fifth.</summary>
    /// <param name="codes">[sentences, latent]; each dimension is brought to a mean of 0 and a variance of 1.</param>
    /// <param name="attributes">Of each attribute the class of each sentence, from 0.</param>
    /// <param name="seed">Seed of the division.</param>
    /// <exception cref="UserException">There are fewer than five codes.</exception>
    public static Dci Evaluate(Tensor codes, IReadOnlyList<IReadOnlyList<int>> attributes, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(codes);
        ArgumentNullException.ThrowIfNull(attributes);
        if (codes.shape[0] < 5)
            throw new UserException($"{codes.shape[0]} codes are too few to train a classifier, to choose it and to judge it.");
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var scaled = codes.to_type(ScalarType.Float64);
        scaled = (scaled - scaled.mean([0L])) / scaled.std(0L, unbiased: false).clamp_min(1e-9);
        double[][] rows = [.. scaled.contiguous().data<double>().ToArray().Chunk((int)codes.shape[1])];
        var order = Enumerable.Range(0, rows.Length).ToArray();
        new StableRandom(seed).Shuffle<int>(order);
        LassoClassifier[] classifiers = [.. attributes.Select(classes => LassoClassifier.Choose(rows, classes, order, Penalties))];
        var importance = classifiers.Select(classifier => (IReadOnlyList<double>)classifier.Importance).ToArray();
        var (disentanglement, completeness) = OfImportance(importance);
        return new Dci(disentanglement, completeness, classifiers.Average(classifier => classifier.Accuracy));
    }

    /// <summary>Disentanglement and completeness of a matrix of importances.</summary>
    /// <param name="importance">R ≥ 0 of each attribute, [attributes][dimensions]. What is not used at all has no share in the
    /// means.</param>
    // D = Σ_i ρ_i [ 1 − H_K(P_i) ],   P_ij = R_ij / Σ_k R_ik over the K attributes,   ρ_i = Σ_j R_ij / Σ_ij R_ij over the dimensions i
    // C = (1/K) Σ_j [ 1 − H_D(P̃_j) ],   P̃_ij = R_ij / Σ_d R_dj over the D dimensions;   H_n is an entropy with logarithms to the base n.
    public static (double Disentanglement, double Completeness) OfImportance(IReadOnlyList<IReadOnlyList<double>> importance)
    {
        ArgumentNullException.ThrowIfNull(importance);
        double[][] dimensions = [.. importance[0].Select((_, i) => importance.Select(attribute => attribute[i]).ToArray())];
        var total = importance.Sum(attribute => attribute.Sum());
        var used = importance.Where(attribute => attribute.Sum() > 0).ToArray();
        return total == 0 ? (0, 0) : (
            dimensions.Where(dimension => dimension.Sum() > 0).Sum(dimension => dimension.Sum() / total * Concentration(dimension)),
            used.Average(Concentration));
    }

    // 1 − H_n(p) of the shares of n amounts; 1 of a single one.
    private static double Concentration(IReadOnlyList<double> amounts)
    {
        var sum = amounts.Sum();
        var entropy = amounts.Where(amount => amount > 0).Sum(amount => -amount / sum * Math.Log(amount / sum));
        return amounts.Count == 1 ? 1 : 1 - entropy / Math.Log(amounts.Count);
    }
}
