using System.Net;
using System.Text;

namespace Research.TextVae.Datasets;

/// <summary>
/// A verse in OSIS markup as its clauses: what is no part of the verse (notes, headings, other readings, names of speakers) is left out,
/// and a clause ends at white space after a punctuation mark and the quotes it closes. One pass over the markup, since a Bible has half a
/// million tags.
/// </summary>
internal sealed class OsisClauses
{
    private const string Marks = ",.;:?!", Closing = "”’)";

    private static readonly string[] _asides = ["note", "title", "rdg", "speaker"];

    // Lines of poems and the like part words; tags of words stand inside of them.
    private static readonly string[] _breaks = ["l", "lg", "lb", "item", "list", "div", "p"];

    private readonly List<Clause> _clauses = [];
    private readonly StringBuilder _text = new();
    private HashSet<string> _originals = [];
    private bool _space;

    /// <summary>The clauses in their order; none where the markup holds no text.</summary>
    public static List<Clause> Of(string markup)
    {
        var reader = new OsisClauses();
        reader.Read(markup);
        reader.Close();
        return reader._clauses;
    }

    private void Read(string markup)
    {
        for (var at = 0; at < markup.Length;)
        {
            var open = markup.IndexOf('<', at);
            var close = open < 0 ? -1 : markup.IndexOf('>', open);
            Add(close < 0 ? markup.AsSpan(at) : markup.AsSpan(at, open - at));
            if (close < 0)
                return;
            at = Tag(markup, markup.AsSpan(open + 1, close - open - 1), close + 1);
        }
    }

    // What a tag does, and where the text goes on.
    private int Tag(string markup, ReadOnlySpan<char> tag, int after)
    {
        var name = tag.TrimStart('/');
        name = name[..(name.IndexOfAny(' ', '/') is var end and >= 0 ? end : name.Length)];
        if (name is "w")
            Originals(tag);
        else if (_breaks.AsSpan().Contains(name.ToString()))
            _space = true;
        else if (_asides.AsSpan().Contains(name.ToString()) && tag[0] != '/' && tag[^1] != '/')
        {
            _space = true;
            var closing = $"</{name}>";
            return markup.IndexOf(closing, after, StringComparison.Ordinal) is var there and >= 0 ? there + closing.Length : after;
        }

        return after;
    }

    // <w lemma="strong:H1254 strong:H0853">
    private void Originals(ReadOnlySpan<char> tag)
    {
        const string lemma = "lemma=\"";
        if (tag.IndexOf(lemma) is not (>= 0 and var start))
            return;
        var numbers = tag[(start + lemma.Length)..];
        numbers = numbers[..Math.Max(0, numbers.IndexOf('"'))];
        if (_space && AfterMark())
            Close();
        foreach (var part in numbers.ToString().Split(' '))
        {
            var number = part[(part.IndexOf(':', StringComparison.Ordinal) + 1)..];
            if (number.Length > 1 && number[0] is 'H' or 'G' && char.IsAsciiDigit(number[1]))
                _originals.Add(number);
        }
    }

    private void Add(ReadOnlySpan<char> piece)
    {
        foreach (var c in piece.Contains('&') ? WebUtility.HtmlDecode(piece.ToString()) : piece)
        {
            if (char.IsWhiteSpace(c))
            {
                _space = true;
                continue;
            }

            var closes = Marks.Contains(c, StringComparison.Ordinal) || Closing.Contains(c, StringComparison.Ordinal);
            if (_space && !closes && AfterMark())
                Close();
            // A mark stands next to its word, whatever stood between them.
            if (_space && !closes && _text.Length > 0)
                _text.Append(' ');
            _space = false;
            _text.Append(c);
        }
    }

    private bool AfterMark()
    {
        var last = _text.Length - 1;
        while (last >= 0 && Closing.Contains(_text[last], StringComparison.Ordinal))
            last--;
        return last >= 0 && Marks.Contains(_text[last], StringComparison.Ordinal);
    }

    private void Close()
    {
        var clause = new Clause(_text.ToString(), _originals);
        if (_clauses.Count > 0 && !clause.Text.Any(char.IsLetterOrDigit))
            _clauses[^1] = new Clause($"{_clauses[^1].Text} {clause.Text}".TrimEnd(), _clauses[^1].Originals);
        else if (clause.Text.Length > 0)
            _clauses.Add(clause);
        _text.Clear();
        _originals = [];
    }
}

/// <summary>A verse's piece from one punctuation mark to the next, or a whole verse.</summary>
/// <param name="Text">With the mark that closes it, white space made single spaces.</param>
/// <param name="Originals">Strong's numbers of the Hebrew or Greek words it translates, such as <c>H7225</c>; empty where it is not
/// tagged.</param>
internal sealed record Clause(string Text, IReadOnlySet<string> Originals);
