namespace Research.TextVae.Plots;

/// <summary>The weight of the KL term over the steps of training.</summary>
public static class KlWeightSchedule
{
    /// <param name="schedules">Name and weight at each of the steps.</param>
    public static Figure Of(IEnumerable<double> steps, IEnumerable<(string Name, IReadOnlyList<double> Weights)> schedules, bool ordered = false)
    {
        var at = steps.ToArray();
        return Of(schedules.Select(schedule => (schedule.Name, (IReadOnlyList<double>)at, schedule.Weights)), ordered);
    }

    /// <param name="schedules">Name, steps, and weight at each of them.</param>
    public static Figure Of(IEnumerable<(string Name, IReadOnlyList<double> Steps, IReadOnlyList<double> Weights)> schedules, bool ordered = false) =>
        Figure.Of(schedules.Select(schedule => Line.Of(schedule.Steps, schedule.Weights, schedule.Name)))
            .Title("KL weight by step").X("step").Y("KL weight").YFromZero().Ordered(ordered).Height(300);
}
