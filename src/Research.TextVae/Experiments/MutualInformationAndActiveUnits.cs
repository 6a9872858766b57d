using Research.TextVae.Charts;
using Research.TextVae.Evaluation;
using Research.TextVae.Training;

namespace Research.TextVae.Experiments;

/// <summary>Two signs of posterior collapse side by side: mutual information of text and code, and the number of active latent
/// units.</summary>
public static class MutualInformationAndActiveUnits
{
    /// <summary>One value per run, for instance by β.</summary>
    public static Figure ByRun(IReadOnlyList<string> names, IReadOnlyList<double> mutualInformation, IReadOnlyList<double> activeUnits)
    {
        Figure Bars(IReadOnlyList<double> values, string format) => Figure.Of(
            Bar.Of(names, values) with
            {
                Labels = [.. values.Select(value => value.ToString(format, System.Globalization.CultureInfo.InvariantCulture))],
            });
        return Grid(Bars(mutualInformation, "0.00"), Bars(activeUnits, "0"));
    }

    /// <summary>As trainings recorded them on their validation examples; 0 for models without a code.</summary>
    public static Figure ByEpoch(IEnumerable<(string Name, TrainingHistory History)> trainings, bool ordered = false) => ByEpoch(
        trainings.Select(training => (
            training.Name,
            (IReadOnlyList<double>)[.. training.History.Epochs.Select(record => (double)record.Epoch)],
            (IReadOnlyList<double>)[
                .. training.History.Epochs.Select(record => record.Metrics is VaeMetrics metrics ? metrics.MutualInformation : 0)],
            (IReadOnlyList<double>)[
                .. training.History.Epochs.Select(record => record.Metrics is VaeMetrics metrics ? (double)metrics.ActiveUnits : 0)])),
        ordered);

    /// <summary>Series over training: name, epoch, and the two values at each.</summary>
    public static Figure ByEpoch(
        IEnumerable<(string Name, IReadOnlyList<double> Epochs, IReadOnlyList<double> MutualInformation, IReadOnlyList<double> ActiveUnits)>
            runs,
        bool ordered = false)
    {
        var all = runs.ToArray();
        var information = Figure.Of(all.Select(run => Line.Of(run.Epochs, run.MutualInformation, run.Name, markers: true))).X("epoch");
        var units = Figure.Of(all.Select(run => Line.Of(run.Epochs, run.ActiveUnits, run.Name, markers: true))).X("epoch");
        return Grid(information, units).Ordered(ordered);
    }

    private static Figure Grid(Figure information, Figure units) => Figure.Grid(
        2,
        information.Title("Mutual information I(x; z)").Y("nats").YFromZero(),
        units.Title("Active units").Y("latent dimensions").YFromZero())
        .Title("Mutual information and active units").Height(320);
}
