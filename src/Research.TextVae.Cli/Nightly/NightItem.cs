using System.Text.Json.Serialization;
using Research.TextVae.Cli.Runs;
using Research.TextVae.Support;
using Research.TextVae.Training;

namespace Research.TextVae.Cli.Nightly;

/// <summary>What a night found of one recipe or notebook: a line of <c>trend.jsonl</c>, which holds all nights.</summary>
/// <param name="Night">Name of the night.</param>
/// <param name="Commit">The commit this program was built from.</param>
/// <param name="Size">The size the recipes were run at, <c>standard</c> or <c>smoke</c>.</param>
/// <param name="Name">Name of the recipe or notebook.</param>
/// <param name="ExitCode">The first exit code of its processes that is not 0.</param>
/// <param name="Seconds">How long it took; of one that was continued, the last part.</param>
/// <param name="Claims">What it claims, and whether that held.</param>
/// <param name="Headlines">The figures it has to show, by the system they belong to.</param>
/// <param name="Rows">Its figures.</param>
internal sealed record NightItem(
    [property: JsonRequired] string Night,
    [property: JsonRequired] string Commit,
    [property: JsonRequired] string Size,
    [property: JsonRequired] string Name,
    [property: JsonRequired] int ExitCode,
    [property: JsonRequired] double Seconds,
    [property: JsonRequired] IReadOnlyList<NightClaim> Claims,
    [property: JsonRequired] IReadOnlyDictionary<string, string> Headlines,
    [property: JsonRequired] IReadOnlyList<RunRow> Rows)
{
    private const double Longest = 1e9;

    /// <summary>Whether it came to its end: claims that do not hold are an end too.</summary>
    [JsonIgnore]
    public bool Ended => ExitCode is Support.ExitCode.Success or Support.ExitCode.ExpectationFailed;

    /// <summary>All items of all nights, in the order they were written.</summary>
    /// <exception cref="UserException">A line is damaged.</exception>
    public static IReadOnlyList<NightItem> ReadAll(string trend)
    {
        var items = JsonLines.Read<NightItem>(trend);
        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i];
            object?[] parts =
            [
                item.Night, item.Commit, item.Size, item.Name, item.Claims, item.Headlines, item.Rows,
                .. item.Claims?.Select(claim => claim?.Text) ?? [], .. item.Headlines?.Values ?? [],
                .. item.Rows?.SelectMany(row => new object?[] { row?.Row, row?.Figures }) ?? [],
            ];
            if (parts.Contains(null) || item.Seconds is not (>= 0 and < Longest))
                throw new UserException(
                    $"{trend}({i + 1}): a value is null, or the seconds are no time; restore the file, or take the line out.");
        }

        return items;
    }
}

/// <summary>A claim, whether it held (null: not checked at this size), and what it was judged by.</summary>
internal sealed record NightClaim([property: JsonRequired] string Text, bool? Passed, string? Detail);
