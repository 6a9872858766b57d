using System.Globalization;

namespace Research.TextVae.Plots;

/// <summary>One column of a table, with its cells as they are shown.</summary>
/// <param name="Numbers">What the column sorts by, or null for a column of texts.</param>
internal sealed record TableColumn(string Title, IReadOnlyList<string> Cells, IReadOnlyList<double>? Numbers, Best Best)
{
    public string Class => Numbers is null ? "" : " class=\"number\"";

    public string Cell(int row)
    {
        var text = Html.Escape(Cells[row]);
        if (Numbers is null) return $"<td dir=\"auto\">{text}</td>";
        var key = double.IsFinite(Numbers[row]) ? Numbers[row].ToString("R", CultureInfo.InvariantCulture) : "Infinity";
        return $"<td class=\"number{(IsBest(row) ? " best" : "")}\" data-sort=\"{key}\">{text}</td>";
    }

    /// <summary>Cells that read the same are equally good.</summary>
    private bool IsBest(int row)
    {
        if (Best == Best.None || !double.IsFinite(Numbers![row])) return false;
        var finite = Numbers.Where(double.IsFinite).ToArray();
        var best = Best == Best.Lowest ? finite.Min() : finite.Max();
        return Cells[row] == Cells[Numbers.ToList().IndexOf(best)];
    }
}
