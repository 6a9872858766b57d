namespace Research.TextVae.Models;

/// <summary>
/// What modified Kneser–Ney smoothing takes from the counts of one order before the next lower order receives it
/// (Chen and Goodman 1999, section 3).
/// </summary>
/// <param name="One">Taken from a count of 1.</param>
/// <param name="Two">Taken from a count of 2.</param>
/// <param name="ThreePlus">Taken from a count of 3 and more.</param>
public sealed record KneserNeyDiscounts(double One, double Two, double ThreePlus)
{
    /// <summary>The discounts that the counts of counts suggest.</summary>
    /// <remarks>
    /// Small or artificial data may lack a count of counts or give a discount outside (0, count]. All three are then Y, that is
    /// absolute discounting (Ney, Essen and Kneser 1994), and ½ where Y is not defined either.
    /// </remarks>
    /// <param name="countsOfCounts">n₁, n₂, n₃, n₄: how many n-grams have the count 1, 2, 3, 4.</param>
    public static KneserNeyDiscounts Estimate(ReadOnlySpan<long> countsOfCounts)
    {
        double n1 = countsOfCounts[0], n2 = countsOfCounts[1], n3 = countsOfCounts[2], n4 = countsOfCounts[3];
        // Y = n₁ / (n₁ + 2 n₂);  D₁ = 1 − 2Y n₂/n₁ (which is Y),  D₂ = 2 − 3Y n₃/n₂,  D₃₊ = 3 − 4Y n₄/n₃   (equation 17)
        var y = n1 > 0 && n2 > 0 ? n1 / (n1 + 2 * n2) : 0.5;
        var (two, threePlus) = (2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3);
        var usable = n1 > 0 && n2 > 0 && n3 > 0 && n4 > 0 && two is > 0 and <= 2 && threePlus is > 0 and <= 3;
        return usable ? new(y, two, threePlus) : new(y, y, y);
    }

    /// <summary>What is taken from a count.</summary>
    public double For(int count) => count switch { <= 0 => 0, 1 => One, 2 => Two, _ => ThreePlus };
}
