using System.Globalization;
using Research.TextVae.Experiments;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Nightly;

/// <summary>What a night came to.</summary>
/// <param name="Items">What was run.</param>
/// <param name="Figures">Its figures beside the stored ones, of the standard size only.</param>
/// <param name="Failures">Claims that did not hold, what crashed, and figures outside their tolerance.</param>
internal sealed record NightOutcome(
    IReadOnlyList<NightItem> Items, IReadOnlyList<FigureCheck> Figures, IReadOnlyList<(string Name, string What, string Detail)> Failures)
{
    private static readonly TimeSpan _budget = TimeSpan.FromHours(3);

    /// <summary>In a line.</summary>
    public string Summary => $"{Held} of {Judged} claims held, {Figures.Count(figure => figure.Verdict == "within")} of "
        + $"{Figures.Count(figure => figure.Tolerance is not null)} figures with a known deviation within their tolerance, in {Time}";

    public int Held => Items.Sum(item => item.Claims.Count(claim => claim.Passed == true));

    public int Judged => Items.Sum(item => item.Claims.Count(claim => claim.Passed is not null));

    /// <summary>The time of all, and the time there is where it is longer than that.</summary>
    public string Time
    {
        get
        {
            var taken = TimeSpan.FromSeconds(Items.Sum(item => item.Seconds));
            return RunConsole.Clock(taken) + (taken > _budget ? $", more than the {RunConsole.Clock(_budget)} there are" : "");
        }
    }

    /// <summary>Judges a night.</summary>
    public static NightOutcome Of(IReadOnlyList<NightItem> items, IReadOnlyList<ReferenceRow> reference)
    {
        FigureCheck[] figures =
            [.. items.Where(item => item.Size == "standard" && item.Ended).SelectMany(item => FigureCheck.Of(item, reference))];
        return new NightOutcome(items, figures,
        [
            .. items.Where(item => !item.Ended)
                .Select(item => (item.Name, "did not come to its end", $"exit code {item.ExitCode}, see {item.Night}/{item.Name}.log")),
            // The exit code says more than records that are not there.
            .. items.Where(item => item.ExitCode == ExitCode.ExpectationFailed && item.Claims.All(claim => claim.Passed != false))
                .Select(item => (item.Name, "a claim did not hold", $"see {item.Night}/{item.Name}.log")),
            .. items.SelectMany(item => item.Claims.Where(claim => claim.Passed == false)
                .Select(claim => (item.Name, claim.Text, claim.Detail ?? ""))),
            .. figures.Where(figure => figure.IsOutside)
                .Select(figure => (figure.Recipe, $"{figure.Metric} of {figure.Row}", Detail(figure))),
        ]);
    }

    private static string Detail(FigureCheck figure) => figure.Value is not { } value
        ? string.Create(CultureInfo.InvariantCulture, $"not measured, stored {figure.Stored:G4}")
        : string.Create(CultureInfo.InvariantCulture, $"{value:G4}, stored {figure.Stored:G4} ± {figure.Tolerance:G2}");
}
