using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Research.TextVae.Notebooks.Tests;

/// <summary>The folders of the library depend on each other one way, and every file has its folder's namespace.</summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> s_allowed = new()
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

    private static readonly string s_sources = Path.Combine(Checkout.Root, "src");

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
                if (to != from && !s_allowed[from].Contains(to))
                    found.Add($"{from} → {to}: {Checkout.Relative(tree.FilePath)}:{Line(name)} names {type.Name}");
            }
        }

        Assert.True(found.Count == 0, string.Join('\n', found));
        // An arrow that nothing needs any longer is taken out of the list.
        var allowed = s_allowed.SelectMany(entry => entry.Value.Select(to => (entry.Key, to))).ToHashSet();
        Assert.Equal(used.Order(), allowed.Order());
    }

    [Fact]
    public void The_allowed_dependencies_have_no_circle()
    {
        var placed = new HashSet<string>();
        while (s_allowed.Keys.FirstOrDefault(folder => !placed.Contains(folder) && s_allowed[folder].All(placed.Contains)) is { } next)
            placed.Add(next);
        Assert.Empty(s_allowed.Keys.Except(placed));
    }

    // The page has a line per folder; a folder may also use what those it names may use, and all use Support.
    [Fact]
    public void The_page_on_architecture_has_the_allowed_dependencies()
    {
        var rows = File.ReadLines(Path.Combine(Checkout.Root, "docs", "architecture.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(line => Array.ConvertAll(line.Trim('|').Split('|'), cell => cell.Split(',', StringSplitOptions.TrimEntries)))
            .SelectMany(cells => cells[0].Select(folder => (Folder: folder, Uses: cells[1].Where(s_allowed.ContainsKey).ToArray())))
            .Where(row => s_allowed.ContainsKey(row.Folder)).ToDictionary(row => row.Folder, row => row.Uses);

        foreach (var (folder, allowed) in s_allowed)
            Assert.Equal(allowed.Except(["Support"]).Order(), Reachable(folder).Intersect(allowed).Order());
        foreach (var (folder, uses) in rows)
            Assert.True(uses.All(s_allowed[folder].Contains), $"docs/architecture.md: {folder} may not use {string.Join(", ", uses)}");

        IEnumerable<string> Reachable(string folder) =>
            rows.GetValueOrDefault(folder, []).SelectMany(used => Reachable(used).Append(used)).Distinct();
    }

    [Fact]
    public void Every_file_has_the_namespace_of_its_folder()
    {
        var wrong = Directory.EnumerateFiles(s_sources, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains(Path.Combine("Engine", "Surface"), StringComparison.Ordinal))
            .Select(file =>
                (File: file, Line: File.ReadLines(file).FirstOrDefault(line => line.StartsWith("namespace ", StringComparison.Ordinal))))
            .Where(entry => entry.Line is not null && entry.Line != $"namespace {Namespace(entry.File)};")
            .Select(entry => $"{Checkout.Relative(entry.File)}: {entry.Line}");
        Assert.True(!wrong.Any(), string.Join('\n', wrong));
    }

    private static int Line(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    private static string Namespace(string file) =>
        Path.GetDirectoryName(Path.GetRelativePath(s_sources, file))!.Replace(Path.DirectorySeparatorChar, '.');

    // The first folder below the library's.
    private static string Folder(SyntaxTree tree) =>
        Path.GetRelativePath(Path.Combine(s_sources, "Research.TextVae"), tree.FilePath).Split('/', '\\')[0];

    private static CSharpCompilation Library()
    {
        string[] implicitUsings =
            ["System", "System.IO", "System.Linq", "System.Collections.Generic", "System.Threading", "System.Threading.Tasks"];
        var usings = CSharpSyntaxTree.ParseText(string.Concat(implicitUsings.Select(name => $"global using global::{name};\n")),
            path: Path.Combine(s_sources, "Research.TextVae", "Support", "usings.cs"));
        var options = new CSharpParseOptions(LanguageVersion.Preview);
        var trees = Directory.EnumerateFiles(Path.Combine(s_sources, "Research.TextVae"), "*.cs", SearchOption.AllDirectories)
            .Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), options, file));
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Research.TextVae", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path));
        return CSharpCompilation.Create(
            "library", [usings.WithRootAndOptions(usings.GetRoot(), options), .. trees], references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
    }
}
