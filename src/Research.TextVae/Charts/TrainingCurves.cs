namespace Research.TextVae.Charts;

/// <summary>Reconstruction, KL and −ELBO by step, a panel each, for one run or several.</summary>
public static class TrainingCurves
{
    /// <param name="curves">A curve a run.</param>
    /// <param name="ordered">The names have an order, as in a sweep of β.</param>
    /// <param name="maximumPoints">Longer curves are averaged in equal groups of records down to this many points.</param>
    public static Figure Of(IEnumerable<TrainingCurve> curves, bool ordered = false, int maximumPoints = 250)
    {
        var runs = curves.ToArray();
        // An autoencoder's KL beside those of VAEs would flatten all others.
        var finals = runs.Where(run => run.Kl.Count > 0).Select(run => run.Kl[^1]).Where(kl => kl > 0).Order().ToArray();
        var logarithmic = finals.Length > 1 && finals[^1] > 100 * finals[0];
        Figure Scaled(Figure panel) => logarithmic ? panel.LogY() : panel.YFromZero();

        Figure Panel(string title, string unit, Func<TrainingCurve, IReadOnlyList<double>> term) =>
            Figure.Of(
                runs.Select(run => Line.Of(Thin(run.Steps, maximumPoints), Thin(term(run), maximumPoints), run.Name) with { Width = 1.75 }))
                .Title(title).X("step").Y(unit);

        Figure Elbo() =>
            Panel("−ELBO", "nats per sentence", run => [.. run.Reconstruction.Zip(run.Kl, (reconstruction, kl) => reconstruction + kl)]);

        return Figure.Grid(
            3,
            Panel("Reconstruction", "nats per sentence", run => run.Reconstruction),
            Scaled(Panel("KL", "nats per sentence", run => run.Kl)),
            logarithmic ? Elbo().LogY() : Elbo())
            .Title("Loss terms by step").Ordered(ordered).HoverUnified(true).Height(330);
    }

    /// <summary>Means over groups of neighbours, so that at most <paramref name="maximum"/> values remain.</summary>
    private static double[] Thin(IReadOnlyList<double> values, int maximum)
    {
        var group = (values.Count + maximum - 1) / Math.Max(1, maximum);
        return group <= 1 ? [.. values] : [.. values.Chunk(group).Select(chunk => chunk.Average())];
    }
}

/// <summary>The loss terms of one run over its steps, in nats per sentence. All arrays have one length, <c>[record]</c>.</summary>
/// <param name="Name">The member's name: "β = 0.1".</param>
/// <param name="Kl">Unweighted.</param>
public sealed record TrainingCurve(
    string Name, IReadOnlyList<double> Steps, IReadOnlyList<double> Reconstruction, IReadOnlyList<double> Kl);
