using Research.TextVae.Models.NGram;

namespace Research.TextVae.Evaluation;

/// <summary>
/// How real the texts of a model are, and how much of the language they cover, by the temperature that they are generated at (Caccia et
/// al. 2020): a lower temperature buys the one with the other, so models are compared along their whole curves.
/// </summary>
/// <param name="Real">How unreal the texts of each temperature are: lower is better.</param>
/// <param name="Covered">Perplexity of held-out sentences under a 5-gram model of the texts of each temperature: lower is better.</param>
public sealed record TemperatureCurve(IReadOnlyList<double> Real, IReadOnlyList<double> Covered)
{
    /// <summary>Generates texts at each temperature and evaluates them.</summary>
    /// <param name="temperatures">The temperatures.</param>
    /// <param name="generate">Generates texts at a temperature; token ids.</param>
    /// <param name="real">How unreal texts are, such as their perplexity under a model of real ones.</param>
    /// <param name="heldOut">Sentences that the model has not seen; token ids.</param>
    /// <param name="vocabulary">Number of tokens in the vocabulary, the special ones included.</param>
    /// <param name="progress">Called before each temperature with its number, from 0.</param>
    public static TemperatureCurve Evaluate(
        IReadOnlyList<double> temperatures,
        Func<double, IReadOnlyList<int[]>> generate,
        Func<IReadOnlyList<int[]>, double> real,
        IReadOnlyList<int[]> heldOut,
        int vocabulary,
        Action<int>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(temperatures);
        ArgumentNullException.ThrowIfNull(generate);
        ArgumentNullException.ThrowIfNull(real);
        (double Real, double Covered) Point(double temperature, int number)
        {
            progress?.Invoke(number);
            var texts = generate(temperature);
            return (real(texts), NGramModel.Train(texts, vocabulary).Perplexity(heldOut));
        }

        var points = temperatures.Select(Point).ToArray();
        return new TemperatureCurve([.. points.Select(point => point.Real)], [.. points.Select(point => point.Covered)]);
    }

    /// <summary>
    /// What a model covers at the temperature where its texts are as real as given: linear between the last temperature before which all
    /// texts are more real and the next, and constant beyond.
    /// </summary>
    /// <param name="real">How unreal.</param>
    // At small samples texts need not become less real with every temperature, so the points are not in ascending order everywhere.
    public double CoveredAsReal(double real)
    {
        var next = Math.Clamp(Real.TakeWhile(other => other < real).Count(), 1, Real.Count - 1);
        var share = Math.Clamp((real - Real[next - 1]) / (Real[next] - Real[next - 1]), 0, 1);
        return Covered[next - 1] + share * (Covered[next] - Covered[next - 1]);
    }
}
