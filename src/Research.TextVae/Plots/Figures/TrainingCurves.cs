namespace Research.TextVae.Plots;

/// <summary>Reconstruction, KL and −ELBO by step, a panel each, for one run or several.</summary>
public static class TrainingCurves
{
    /// <param name="curves">A curve a run.</param>
    /// <param name="ordered">The names have an order, as in a sweep of β.</param>
    /// <param name="maximumPoints">Longer curves are averaged in equal groups of records down to this many points.</param>
    public static Figure Of(IEnumerable<TrainingCurve> curves, bool ordered = false, int maximumPoints = 250)
    {
        var runs = curves.ToArray();
        Figure Panel(string title, string unit, Func<TrainingCurve, IReadOnlyList<double>> term) =>
            Figure.Of(runs.Select(run => Line.Of(Thin(run.Steps, maximumPoints), Thin(term(run), maximumPoints), run.Name) with { Width = 1.75 }))
                .Title(title).X("step").Y(unit);

        return Figure.Grid(
            3,
            Panel("Reconstruction", "nats per sentence", run => run.Reconstruction),
            Panel("KL", "nats per sentence", run => run.Kl).YFromZero(),
            Panel("−ELBO", "nats per sentence", run => [.. run.Reconstruction.Zip(run.Kl, (reconstruction, kl) => reconstruction + kl)]))
            .Title("Loss terms by step").Ordered(ordered).HoverUnified(true).Height(330);
    }

    /// <summary>Means over groups of neighbours, so that at most <paramref name="maximum"/> values remain.</summary>
    private static double[] Thin(IReadOnlyList<double> values, int maximum)
    {
        var group = (values.Count + maximum - 1) / Math.Max(1, maximum);
        return group <= 1 ? [.. values] : [.. values.Chunk(group).Select(chunk => chunk.Average())];
    }
}
