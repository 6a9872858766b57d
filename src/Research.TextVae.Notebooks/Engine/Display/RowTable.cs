using System.Collections;
using System.Globalization;
using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Research.TextVae.Notebooks.Engine.Display;

/// <summary>A sequence of records, tuples or key–value pairs as a table; the first rows, and how many more there are.</summary>
internal sealed class RowTable
{
    private const int RowLimit = 20;

    private readonly string[] _columns;
    private readonly bool[] _isNumber;
    private readonly List<string[]> _rows = [];
    private readonly int _more;

    private RowTable(IReadOnlyList<MemberInfo> members, IReadOnlyList<object?> values)
    {
        _columns = [.. members.Select(member => member.Name)];
        _isNumber = [.. members.Select(member => IsNumber(TypeOf(member)))];
        foreach (var value in values.Take(RowLimit))
            _rows.Add([.. members.Select(member => Cell(value is null ? null : ValueOf(member, value)))]);
        _more = Math.Max(0, values.Count - RowLimit);
    }

    /// <summary>Null when the value is not a sequence of rows.</summary>
    public static RowTable? Of(object? value)
    {
        if (value is string or null || value is not IEnumerable sequence)
            return null;
        var element = value.GetType().GetInterfaces()
            .FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0];
        if (element is null || !IsRow(element))
            return null;
        var members = Members(element);
        return members.Count == 0 ? null : new RowTable(members, [.. sequence.Cast<object?>()]);
    }

    public string ToHtml()
    {
        var html = new StringBuilder("<table><thead><tr>");
        foreach (var column in _columns)
            html.Append(CultureInfo.InvariantCulture, $"<th>{WebUtility.HtmlEncode(column)}</th>");
        html.Append("</tr></thead><tbody>");
        foreach (var row in _rows)
        {
            html.Append("<tr>");
            for (var i = 0; i < row.Length; i++)
                html.Append(CultureInfo.InvariantCulture,
                    $"<td{(_isNumber[i] ? " style=\"text-align:right\"" : "")}>{WebUtility.HtmlEncode(row[i])}</td>");
            html.Append("</tr>");
        }

        html.Append("</tbody></table>");
        if (_more > 0)
            html.Append(CultureInfo.InvariantCulture, $"<p>{_more} more</p>");
        return html.ToString();
    }

    public string ToText()
    {
        var widths = _columns.Select((column, i) => _rows.Select(row => row[i].Length).Append(column.Length).Max()).ToArray();
        var lines = _rows.Prepend(_columns).Select(row => string.Join("  ", row.Select(Aligned)).TrimEnd());
        return string.Join('\n', _more > 0 ? lines.Append(string.Create(CultureInfo.InvariantCulture, $"({_more} more)")) : lines);

        string Aligned(string cell, int i) => _isNumber[i] ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]);
    }

    private static bool IsRow(Type type) =>
        !type.IsPrimitive && !type.IsEnum && type != typeof(string) && type != typeof(object) && type != typeof(decimal)
        && !typeof(IFormattable).IsAssignableFrom(type) && !typeof(IEnumerable).IsAssignableFrom(type)
        && !typeof(Delegate).IsAssignableFrom(type) && Nullable.GetUnderlyingType(type) is null && DeclaredFormatters.Of(type) is null;

    private static List<MemberInfo> Members(Type type) => typeof(ITuple).IsAssignableFrom(type)
        ? [.. type.GetFields(), .. type.GetProperties()
            .Where(p => p.GetIndexParameters().Length == 0 && p.Name.StartsWith("Item", StringComparison.Ordinal))]
        : [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanRead && p.GetIndexParameters().Length == 0)];

    private static Type TypeOf(MemberInfo member) =>
        member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType;

    private static bool IsNumber(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type) is var bare && bare != typeof(char) && bare != typeof(bool)
            && (bare.IsPrimitive || bare == typeof(decimal));

    private static object? ValueOf(MemberInfo member, object row) =>
        member is PropertyInfo property ? property.GetValue(row) : ((FieldInfo)member).GetValue(row);

    private static string Cell(object? value) => value switch
    {
        null => "",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => ValueFormatter.Text(value),
    };
}
