using System.Net;
using System.Text;

namespace Research.TextVae.Notebooks.Documents.Html;

/// <summary>
/// Markup of a notebook made harmless: known elements that show something, attributes that are no event handlers, links and pictures
/// of known kinds. All else is left out, scripts and the like with what they hold, and what is open at the end is closed.
/// </summary>
internal sealed class SafeHtml
{
    private const int Deepest = 256;

    private static readonly HashSet<string> _elements = Names(
        """
        a abbr b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4
        h5 h6 hr i img input ins kbd label li mark ol p pre q rp rt ruby s samp section small span strike strong style sub summary sup
        table tbody td tfoot th thead time tr tt u ul var wbr
        svg g path rect circle ellipse line polyline polygon text tspan defs lineargradient radialgradient stop clippath marker title desc
        """);

    private static readonly HashSet<string> _void = Names("br col hr img input wbr");

    // What stands in them is no text to be shown.
    private static readonly HashSet<string> _opaque =
        Names("script style template iframe object embed noscript noembed noframes textarea xmp plaintext select math");

    // They fetch, send or replace the page.
    private static readonly HashSet<string> _activeAttributes =
        Names("action background dynsrc formaction http-equiv lowsrc ping poster srcdoc srcset target xlink:href xml:base");

    private static readonly string[] _schemes = ["http", "https", "mailto", "attachment"];
    private static readonly string[] _pictures =
        ["data:image/png", "data:image/jpeg", "data:image/gif", "data:image/webp", "data:image/svg+xml"];

    private readonly string _html;
    private readonly StringBuilder _safe;
    private readonly List<string> _open = [];
    private int _at;
    private bool _endsItself;

    private SafeHtml(string html) => (_html, _safe) = (html, new StringBuilder(html.Length));

    public static string Of(string html)
    {
        var reader = new SafeHtml(html);
        reader.Read();
        return reader._safe.ToString();
    }

    private void Read()
    {
        while (_at < _html.Length)
        {
            var tag = _html.IndexOf('<', _at);
            _safe.Append(_html, _at, (tag < 0 ? _html.Length : tag) - _at);
            if (tag < 0)
                break;
            _at = tag + 1;
            if (At("!--"))
                SkipPast("-->");
            else if (At("!") || At("?"))
                SkipPast(">");
            else if (At("/") && _at + 1 < _html.Length && char.IsAsciiLetter(_html[_at + 1]))
                EndTag();
            else if (_at < _html.Length && char.IsAsciiLetter(_html[_at]))
                StartTag();
            else
                _safe.Append("&lt;");
        }

        Close(0);
    }

    private void StartTag()
    {
        var name = Name();
        var isKnown = _elements.Contains(name);
        var attributes = Attributes();
        if (_opaque.Contains(name))
        {
            var content = Opaque(name);
            // Where a browser does not take the content for a style sheet, it is text.
            if (isKnown)
                _safe.Append("<style>").Append(content.Replace("<", "\\3C ", StringComparison.Ordinal)).Append("</style>");
            return;
        }

        if (!isKnown || _open.Count == Deepest)
            return;
        _safe.Append('<').Append(name);
        foreach (var (attribute, value) in attributes)
        {
            if (IsSafe(attribute, value))
                _safe.Append(' ').Append(attribute).Append("=\"").Append(WebUtility.HtmlEncode(value)).Append('"');
        }

        // Of the elements that need an end only those of pictures may do without.
        var endsItself = _endsItself && _open.Contains("svg");
        _safe.Append(endsItself ? "/>" : ">");
        if (!endsItself && !_void.Contains(name))
            _open.Add(name);
    }

    private void EndTag()
    {
        _at++;
        var name = Name();
        _ = Attributes();
        if (_open.LastIndexOf(name) is var depth and >= 0)
            Close(depth);
    }

    private void Close(int depth)
    {
        for (var i = _open.Count - 1; i >= depth; i--)
            _safe.Append("</").Append(_open[i]).Append('>');
        _open.RemoveRange(depth, _open.Count - depth);
    }

    private string Name()
    {
        var start = _at;
        while (_at < _html.Length && !char.IsWhiteSpace(_html[_at]) && _html[_at] is not ('/' or '>' or '<'))
            _at++;
        return _html[start.._at].ToLowerInvariant();
    }

    // Up to the end of the tag, which is passed.
    private List<(string Name, string Value)> Attributes()
    {
        var attributes = new List<(string, string)>();
        while (_at < _html.Length && _html[_at] != '>')
        {
            if (char.IsWhiteSpace(_html[_at]) || _html[_at] is '/' or '<' or '=')
            {
                _at++;
                continue;
            }

            var start = _at;
            while (_at < _html.Length && !char.IsWhiteSpace(_html[_at]) && _html[_at] is not ('=' or '>' or '/'))
                _at++;
            var name = _html[start.._at];
            SkipSpace();
            attributes.Add((name, At("=") ? Value() : ""));
        }

        _endsItself = _at < _html.Length && _html[_at - 1] == '/';
        _at = Math.Min(_at + 1, _html.Length);
        return attributes;
    }

    private string Value()
    {
        _at++;
        SkipSpace();
        if (_at == _html.Length)
            return "";
        var quote = _html[_at];
        var start = _at;
        if (quote is '"' or '\'')
        {
            var end = _html.IndexOf(quote, start + 1);
            _at = end < 0 ? _html.Length : end + 1;
            return WebUtility.HtmlDecode(_html[(start + 1)..(end < 0 ? _html.Length : end)]);
        }

        while (_at < _html.Length && !char.IsWhiteSpace(_html[_at]) && _html[_at] != '>')
            _at++;
        return WebUtility.HtmlDecode(_html[start.._at]);
    }

    private string Opaque(string name)
    {
        var (start, end) = (_at, _html.IndexOf("</" + name, _at, StringComparison.OrdinalIgnoreCase));
        _at = end < 0 ? _html.Length : end;
        if (end >= 0)
            SkipPast(">");
        return _html[start..(end < 0 ? _html.Length : end)];
    }

    private static bool IsSafe(string attribute, string value)
    {
        if (!attribute.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or ':')
            || attribute.StartsWith("on", StringComparison.OrdinalIgnoreCase) || _activeAttributes.Contains(attribute.ToLowerInvariant()))
            return false;
        return attribute.ToLowerInvariant() is not ("href" or "src") || IsSafeAddress(value);
    }

    // Browsers leave out white space and control characters in front of and inside a scheme.
    private static bool IsSafeAddress(string address)
    {
        var bare = string.Concat(address.Where(c => !char.IsWhiteSpace(c) && !char.IsControl(c)));
        var colon = bare.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 || bare.AsSpan(0, colon).IndexOfAny("/?#") >= 0
            || _schemes.Contains(bare[..colon].ToLowerInvariant())
            || _pictures.Any(picture => bare.StartsWith(picture, StringComparison.OrdinalIgnoreCase));
    }

    private bool At(string text) => string.CompareOrdinal(_html, _at, text, 0, text.Length) == 0;

    private void SkipPast(string text) =>
        _at = _html.IndexOf(text, _at, StringComparison.Ordinal) is var end and >= 0 ? end + text.Length : _html.Length;

    private void SkipSpace()
    {
        while (_at < _html.Length && char.IsWhiteSpace(_html[_at]))
            _at++;
    }

    private static HashSet<string> Names(string names) =>
        [.. names.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)];
}
