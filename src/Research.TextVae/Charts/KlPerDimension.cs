namespace Research.TextVae.Charts;

/// <summary>How the KL spreads over the latent dimensions, each run's sorted from high to low (dimensions of different runs do not
/// correspond).</summary>
public static class KlPerDimension
{
    /// <param name="runs">Name and KL in nats, <c>[dimension]</c>, of each run; one run gives bars, several a heatmap.</param>
    public static Figure Of(IEnumerable<(string Name, IReadOnlyList<double> Kl)> runs)
    {
        var all = runs.Select(run => (run.Name, Kl: run.Kl.OrderDescending().ToArray())).ToArray();
        var places = Enumerable.Range(1, all.Max(run => run.Kl.Length));
        if (all.Length == 1)
        {
            return Figure.Of(Bar.Of(places, all[0].Kl)).Title("KL per latent dimension")
                .X("latent dimension, sorted").Y("KL (nats)").YFromZero().Height(300);
        }

        var heatmap = Heatmap.Of([.. all.Select(run => run.Kl)], places, all.Select(run => run.Name), unit: "KL (nats)") with
        {
            Range = (0, Math.Max(0.1, High(all.Select(run => run.Kl.Where(double.IsFinite).DefaultIfEmpty(0).Max())))),
        };
        return Figure.Of(heatmap).Title("KL per latent dimension").X("latent dimension, sorted within each run")
            .Height(90 + 34 * all.Length + 40);
    }

    /// <summary>The largest value; but one run far above all others, an autoencoder for instance, may saturate the colours.</summary>
    private static double High(IEnumerable<double> maxima)
    {
        var sorted = maxima.OrderDescending().ToArray();
        return sorted[0] > 5 * sorted[1] && sorted[1] > 0.1 ? 2 * sorted[1] : sorted[0];
    }
}
