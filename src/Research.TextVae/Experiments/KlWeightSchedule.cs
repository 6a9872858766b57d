using Research.TextVae.Charts;
using Research.TextVae.Training;

namespace Research.TextVae.Experiments;

/// <summary>The weight of the KL term over the steps of training.</summary>
public static class KlWeightSchedule
{
    /// <param name="schedules">Name and weight at each of the steps.</param>
    public static Figure Of(
        IEnumerable<double> steps, IEnumerable<(string Name, IReadOnlyList<double> Weights)> schedules, bool ordered = false)
    {
        var at = steps.ToArray();
        return Of(schedules.Select(schedule => (schedule.Name, (IReadOnlyList<double>)at, schedule.Weights)), ordered);
    }

    /// <summary>As trainings recorded it; 1 where a training has no weight.</summary>
    public static Figure Of(IEnumerable<(string Name, TrainingHistory History)> trainings, bool ordered = false) => Of(
        trainings.Select(training => (
            training.Name,
            (IReadOnlyList<double>)[.. training.History.Steps.Select(record => (double)record.Step)],
            (IReadOnlyList<double>)[.. training.History.Steps.Select(record => record.KlWeight ?? 1)])),
        ordered);

    /// <param name="schedules">Name, steps, and weight at each of them.</param>
    public static Figure Of(
        IEnumerable<(string Name, IReadOnlyList<double> Steps, IReadOnlyList<double> Weights)> schedules, bool ordered = false) =>
        Figure.Of(schedules.Select(schedule => Line.Of(schedule.Steps, schedule.Weights, schedule.Name)))
            .Title("KL weight by step").X("step").Y("KL weight").YFromZero().Ordered(ordered).Height(300);
}
