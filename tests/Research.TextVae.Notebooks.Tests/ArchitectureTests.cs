using System.Globalization;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Research.TextVae.Notebooks.Tests;

/// <summary>The folders of the library depend on each other one way, and every file has its folder's namespace.</summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> _allowed = new()
    {
        ["Support"] = [],
        ["Tokenizers"] = ["Support"],
        ["Text"] = ["Support", "Tokenizers"],
        ["Kernels"] = ["Support"],
        ["Models"] = ["Support", "Tokenizers", "Text", "Kernels"],
        ["Objectives"] = ["Support", "Text", "Models"],
        ["Generation"] = ["Support", "Tokenizers", "Text", "Kernels", "Models"],
        ["Evaluation"] = ["Support", "Tokenizers", "Text", "Kernels", "Models", "Objectives"],
        ["Training"] = ["Support", "Tokenizers", "Text", "Kernels", "Models", "Objectives", "Generation", "Evaluation"],
        ["Charts"] = ["Support"],
        ["Reports"] = ["Support", "Charts"],
        ["Experiments"] =
        [
            "Support", "Tokenizers", "Text", "Kernels", "Models", "Objectives", "Generation", "Evaluation", "Training", "Charts", "Reports",
            "Compression", "Synthetic",
        ],
        ["Compression"] = ["Support", "Text", "Kernels", "Models", "Evaluation", "Training"],
        ["Spelling"] = ["Support", "Tokenizers", "Text", "Models", "Evaluation"],
        ["Synthetic"] = ["Support", "Tokenizers", "Text", "Models", "Evaluation"],
    };

    private static readonly string _sources = Path.Combine(Checkout.Root, "src");

    [Fact]
    public void Folders_of_the_library_depend_on_each_other_one_way()
    {
        var compilation = Library();
        var (found, used) = (new SortedSet<string>(StringComparer.Ordinal), new HashSet<(string, string)>());
        foreach (var tree in compilation.SyntaxTrees)
        {
            var (model, from) = (compilation.GetSemanticModel(tree), Folder(tree));
            foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
            {
                var symbol = model.GetSymbolInfo(name).Symbol?.OriginalDefinition;
                var type = symbol as INamedTypeSymbol ?? (symbol is INamespaceSymbol ? null : symbol?.ContainingType);
                if (type?.Locations.FirstOrDefault(location => location.IsInSource)?.SourceTree is not { } declared)
                    continue;
                var to = Folder(declared);
                if (to != from)
                    used.Add((from, to));
                if (to != from && !_allowed[from].Contains(to))
                    found.Add($"{from} → {to}: {Checkout.Relative(tree.FilePath)}:{Line(name)} names {type.Name}");
            }
        }

        Assert.True(found.Count == 0, string.Join('\n', found));
        // An arrow that nothing needs any longer is taken out of the list.
        var allowed = _allowed.SelectMany(entry => entry.Value.Select(to => (entry.Key, to))).ToHashSet();
        Assert.Equal(used.Order(), allowed.Order());
    }

    [Fact]
    public void The_allowed_dependencies_have_no_circle()
    {
        var placed = new HashSet<string>();
        while (_allowed.Keys.FirstOrDefault(folder => !placed.Contains(folder) && _allowed[folder].All(placed.Contains)) is { } next)
            placed.Add(next);
        Assert.Empty(_allowed.Keys.Except(placed));
    }

    // The page has a line per folder; a folder may also use what those it names may use, and all use Support.
    [Fact]
    public void The_page_on_architecture_has_the_allowed_dependencies()
    {
        var rows = File.ReadLines(Path.Combine(Checkout.Root, "docs", "architecture.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(line => Array.ConvertAll(line.Trim('|').Split('|'), cell => cell.Split(',', StringSplitOptions.TrimEntries)))
            .SelectMany(cells => cells[0].Select(folder => (Folder: folder, Uses: cells[1].Where(_allowed.ContainsKey).ToArray())))
            .Where(row => _allowed.ContainsKey(row.Folder)).ToDictionary(row => row.Folder, row => row.Uses);

        foreach (var (folder, allowed) in _allowed)
            Assert.Equal(allowed.Except(["Support"]).Order(), Reachable(folder).Intersect(allowed).Order());
        foreach (var (folder, uses) in rows)
            Assert.True(uses.All(_allowed[folder].Contains), $"docs/architecture.md: {folder} may not use {string.Join(", ", uses)}");

        IEnumerable<string> Reachable(string folder) =>
            rows.GetValueOrDefault(folder, []).SelectMany(used => Reachable(used).Append(used)).Distinct();
    }

    // An arrow begins and ends at a box, or at the library's frame; a box has the name of its folder or project.
    [Fact]
    public void The_picture_has_the_arrows_of_the_page()
    {
        var drawn = XDocument.Load(Path.Combine(Checkout.Root, "docs", "architecture.svg")).Root!.Elements().ToList();
        var boxes = drawn.Index().Where(at => at.Item.Name.LocalName == "rect").SkipWhile(at => at.Item.Attribute("x") is null)
            .Select(at => (Name: drawn[at.Index + 1].Value.Replace("src/", "", StringComparison.Ordinal), Box: at.Item)).ToList();
        var arrows = drawn.Where(element => element.Name.LocalName == "polyline" && element.Attribute("stroke-dasharray") is null)
            .Select(line => line.Attribute("points")!.Value.Split(' '))
            .Select(points => (From: At(points[0]), To: At(points[^1])))
            .Where(arrow => !arrow.From.StartsWith("recipes", StringComparison.Ordinal));

        var rows = File.ReadLines(Path.Combine(Checkout.Root, "docs", "architecture.md"))
            .SkipWhile(line => !line.StartsWith("| Folder or project", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line != "")
            .Select(line => Array.ConvertAll(line.Trim('|').Split('|'), cell => cell.Split(',', StringSplitOptions.TrimEntries)))
            .SelectMany(cells => cells[0].SelectMany(from => cells[1].Select(to => (From: from, To: to))));

        Assert.Equal(rows.Order(), arrows.Order());

        string At(string point)
        {
            var at = Array.ConvertAll(point.Split(','), number => double.Parse(number, CultureInfo.InvariantCulture));
            return boxes.Last(entry => Touches(entry.Box, at[0], at[1])).Name;
        }

        static bool Touches(XElement box, double x, double y)
        {
            double Of(string name) => double.Parse(box.Attribute(name)!.Value, CultureInfo.InvariantCulture);
            var (left, top, right, bottom) = (Of("x"), Of("y"), Of("x") + Of("width"), Of("y") + Of("height"));
            return x >= left && x <= right && y >= top && y <= bottom && (x == left || x == right || y == top || y == bottom);
        }
    }

    [Fact]
    public void Every_file_has_the_namespace_of_its_folder()
    {
        var wrong = Directory.EnumerateFiles(_sources, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains(Path.Combine("Engine", "Surface"), StringComparison.Ordinal))
            .Select(file =>
                (File: file, Line: File.ReadLines(file).FirstOrDefault(line => line.StartsWith("namespace ", StringComparison.Ordinal))))
            .Where(entry => entry.Line is not null && entry.Line != $"namespace {Namespace(entry.File)};")
            .Select(entry => $"{Checkout.Relative(entry.File)}: {entry.Line}");
        Assert.True(!wrong.Any(), string.Join('\n', wrong));
    }

    private static int Line(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    private static string Namespace(string file) =>
        Path.GetDirectoryName(Path.GetRelativePath(_sources, file))!.Replace(Path.DirectorySeparatorChar, '.');

    // The first folder below the library's.
    private static string Folder(SyntaxTree tree) =>
        Path.GetRelativePath(Path.Combine(_sources, "Research.TextVae"), tree.FilePath).Split('/', '\\')[0];

    private static CSharpCompilation Library()
    {
        string[] implicitUsings =
            ["System", "System.IO", "System.Linq", "System.Collections.Generic", "System.Threading", "System.Threading.Tasks"];
        var usings = CSharpSyntaxTree.ParseText(string.Concat(implicitUsings.Select(name => $"global using global::{name};\n")),
            path: Path.Combine(_sources, "Research.TextVae", "Support", "usings.cs"));
        var options = new CSharpParseOptions(LanguageVersion.Preview);
        var trees = Directory.EnumerateFiles(Path.Combine(_sources, "Research.TextVae"), "*.cs", SearchOption.AllDirectories)
            .Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), options, file));
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Research.TextVae", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path));
        return CSharpCompilation.Create(
            "library", [usings.WithRootAndOptions(usings.GetRoot(), options), .. trees], references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
    }
}
