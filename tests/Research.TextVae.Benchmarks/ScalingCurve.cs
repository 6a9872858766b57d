namespace Research.TextVae.Benchmarks;

/// <summary>Measurements along one size.</summary>
internal sealed record ScalingCurve(string Axis, IReadOnlyList<ScalingPoint> Points)
{
    /// <summary>The power of the size that a quantity grows with over the upper half of the curve: the slope between its ends in
    /// logarithms.</summary>
    public double Exponent(Func<ScalingPoint, double> quantity)
    {
        var (low, high) = (Points[Points.Count / 2], Points[^1]);
        return Math.Log(quantity(high) / quantity(low)) / Math.Log((double)high.Value / low.Value);
    }
}
