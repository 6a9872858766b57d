using System.Text;
using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Engine;

/// <summary>Splits a cell at its magic commands, the lines that begin with <c>#!</c>.</summary>
internal sealed class CellParser
{
    /// <summary>The commands there are and what each does, for completion, inspection and <c>#!lsmagic</c>.</summary>
    public static readonly IReadOnlyDictionary<string, string> Magics = new Dictionary<string, string>
    {
        ["#!csharp"] = "the lines that follow are C#",
        ["#!html"] = "the lines that follow are shown as HTML",
        ["#!import"] = "runs the C# cells of a notebook, or a C# script: #!import other.ipynb",
        ["#!javascript"] = "the lines that follow are a script for the page that shows the notebook",
        ["#!lsmagic"] = "lists these commands",
        ["#!markdown"] = "the lines that follow are shown as Markdown",
        ["#!time"] = "shows how long the cell took",
        ["#!who"] = "lists the variables",
        ["#!whos"] = "lists the variables with types and values",
    };

    private static readonly Dictionary<string, string> Languages = new()
    {
        ["#!csharp"] = CellPart.CSharp,
        ["#!c#"] = CellPart.CSharp,
        ["#!C#"] = CellPart.CSharp,
        ["#!html"] = MimeBundle.Html,
        ["#!markdown"] = "text/markdown",
        ["#!md"] = "text/markdown",
        ["#!javascript"] = "application/javascript",
        ["#!js"] = "application/javascript",
    };

    private readonly string _place;
    private readonly List<CellPart> _parts = [];
    private readonly StringBuilder _code = new();
    private string _language = CellPart.CSharp;

    private CellParser(string place) => _place = place;

    /// <summary>The parts in order; a magic command that does something is a part whose language is the command.</summary>
    /// <param name="place">What to call the cell in messages.</param>
    /// <exception cref="UserException">There is a command that does not exist here.</exception>
    public static IReadOnlyList<CellPart> Parse(string code, string place)
    {
        var parser = new CellParser(place);
        var lines = code.ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
            parser.Line(lines[i], i);
        parser.EndPart();
        return parser._parts;
    }

    private void Line(string line, int number)
    {
        var word = line.Split([' ', '\t'], 2)[0];
        if (word == "#i" && line.Contains("nuget", StringComparison.OrdinalIgnoreCase))
        {
            _code.Append('\n'); // a package source, of no use where no package is restored
        }
        else if (!line.StartsWith("#!", StringComparison.Ordinal) || number == 0 && line.StartsWith("#!/", StringComparison.Ordinal))
        {
            _code.Append(line).Append('\n');
        }
        else if (Languages.TryGetValue(word, out var language))
        {
            EndPart();
            _language = language;
            StartAt(number + 1);
        }
        else if (word is "#!import" or "#!time" or "#!who" or "#!whos" or "#!lsmagic")
        {
            EndPart();
            _parts.Add(new CellPart(word, line[word.Length..].Trim()));
            StartAt(number + 1);
        }
        else
        {
            throw new UserException(
                $"{_place}({number + 1},1): error: there is no command {word} here. Those there are: {string.Join(' ', Magics.Keys)}");
        }
    }

    private void EndPart()
    {
        var code = _code.ToString();
        if (code.AsSpan().Trim().Length > 0)
            _parts.Add(new CellPart(_language, _language == CellPart.CSharp ? code : code.Trim('\n')));
        _code.Clear();
    }

    private void StartAt(int line) => _code.Append('\n', line);
}
