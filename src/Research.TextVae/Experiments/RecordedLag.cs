using Research.TextVae.Charts;
using Research.TextVae.Training;

namespace Research.TextVae.Experiments;

/// <summary>A <see cref="PosteriorLag"/> among the series of a variant, and its figures.</summary>
public static class RecordedLag
{
    private const string Epoch = "epoch ";
    private const string Model = "p(z|x), the model's";
    private const string Encoder = "q(z|x), the encoder's";
    private const double Reach = 4;

    /// <summary>Standard deviation of the means of p(z|x) over the sentences, the mean of the snapshots in the first epoch.</summary>
    public static Metric ModelSpread { get; } = new("model's spread in epoch 1", "0.000");

    /// <summary>Standard deviation of the means of q(z|x) over the sentences, the mean of the snapshots in the first epoch.</summary>
    public static Metric EncoderSpread { get; } = new("encoder's spread in epoch 1", "0.000");

    /// <summary>Correlation of the means of both posteriors over the sentences after the first epoch.</summary>
    public static Metric Correlation { get; } = new("correlation after epoch 1");

    /// <summary>
    /// Records all snapshots: the means of both posteriors, their standard deviations over the sentences, and the metrics of this class.
    /// </summary>
    /// <param name="variant">The variant.</param>
    /// <param name="lag">The snapshots.</param>
    /// <param name="labels">What each sentence is coloured by.</param>
    public static void Record(this Variant variant, PosteriorLag lag, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(variant);
        ArgumentNullException.ThrowIfNull(lag);
        foreach (var snapshot in lag.Snapshots)
        {
            var name = FormattableString.Invariant($"{Epoch}{snapshot.Epochs:0.##}");
            variant.Record(name, snapshot.Posterior.ModelMeans, snapshot.Posterior.EncoderMeans, labels);
        }

        var epochs = lag.Snapshots.Select(snapshot => snapshot.Epochs).ToArray();
        variant.Record(Model, epochs, lag.Snapshots.Select(snapshot => snapshot.ModelSpread));
        variant.Record(Encoder, epochs, lag.Snapshots.Select(snapshot => snapshot.EncoderSpread));
        PosteriorSnapshot[] first = [.. lag.Snapshots.Where(snapshot => snapshot.Epochs is > 0 and <= 1)];
        variant.Record(ModelSpread, first.Average(snapshot => snapshot.ModelSpread));
        variant.Record(EncoderSpread, first.Average(snapshot => snapshot.EncoderSpread));
        variant.Record(Correlation, first[^1].Correlation);
    }

    /// <summary>The means of both posteriors, the variants side by side, as frames over the training.</summary>
    /// <param name="rows">Variants with recorded snapshots of the same points of the training.</param>
    public static Figure PosteriorFrames(IReadOnlyList<StudyRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Figure Side(string moment) =>
            PosteriorComparison.Grid(2, [.. rows.Select(row => Means(row.Curve(moment), Reach, row.Name))]).Height(820);
        return Figure.Frames("epoch", Moments(rows[0]).Select(moment => (moment[Epoch.Length..], Side(moment))));
    }

    /// <summary>Adds a figure of the means of both posteriors of a variant, at some points of the training.</summary>
    /// <param name="report">The report.</param>
    /// <param name="row">The variant's results.</param>
    /// <param name="enlarged">Whether the axes end where the points do: a code that is not used would be a dot otherwise.</param>
    public static void PosteriorPanels(this StudyReport report, StudyRow row, bool enlarged)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(row);
        var all = Moments(row);
        string[] chosen = [.. all.Where((_, i) => i is 1 or (>= 3 and <= 6) || i == all.Length - 1)];
        var reach = enlarged ? 0.1 + chosen.Max(moment => row.Curve(moment).X.Max(Math.Abs)) : Reach;
        var panels = chosen.Select(moment => Means(row.Curve(moment), reach, moment));
        var name = $"means-{row.Name.Replace(",", "", StringComparison.Ordinal).Replace(' ', '-')}";
        report.Figure(name, PosteriorComparison.Grid(3, [.. panels]).Title(row.Name).Height(620), enlarged
            ? "Enlarged, mind the axes. The points keep to a horizontal line: the encoder says the same of every sentence."
            : "Axes from −4 to 4, as in the first figure.");
    }

    /// <summary>The standard deviations of the means over the training, a panel per variant.</summary>
    /// <param name="rows">Variants with recorded snapshots.</param>
    public static Figure PosteriorSpreads(IEnumerable<StudyRow> rows)
    {
        static Line LineOf(StudyRow row, string name) => Line.Of(row.Curve(name).X, row.Curve(name).Y, name, markers: true);
        static Figure Panel(StudyRow row) => Figure.Of(LineOf(row, Model), LineOf(row, Encoder))
            .Title(row.Name).X("epoch").Y("standard deviation").LogY();
        return Figure.Grid(2, [.. rows.Select(Panel)]).ShareX().ShareY().Height(560);
    }

    private static string[] Moments(StudyRow row) =>
        [.. row.First.Series.Keys.Where(key => key.StartsWith(Epoch, StringComparison.Ordinal))];

    private static Figure Means(Series means, double reach, string title) => PosteriorComparison.Of(
        means.X, means.Y, [.. means.Labels!.Select(label => $"code about {label}")], reach, title);
}
