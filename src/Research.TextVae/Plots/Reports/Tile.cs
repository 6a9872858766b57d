namespace Research.TextVae.Plots;

/// <summary>A key number of a report.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Value">The number, formatted.</param>
/// <param name="Unit">Nats, tokens/s, …</param>
/// <param name="Note">A few words under it.</param>
public sealed record Tile(string Label, string Value, string Unit = "", string Note = "")
{
    internal string ToHtml()
    {
        var unit = Unit.Length == 0 ? "" : $" <small>{Html.Escape(Unit)}</small>";
        var note = Note.Length == 0 ? "" : $"<span class=\"note\">{Html.Escape(Note)}</span>";
        return $"<div class=\"tile\"><span class=\"label\">{Html.Escape(Label)}</span><span class=\"value\">{Html.Escape(Value)}{unit}</span>{note}</div>\n";
    }
}
