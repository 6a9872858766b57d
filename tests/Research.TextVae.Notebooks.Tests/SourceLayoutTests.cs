using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Research.TextVae.Notebooks.Tests;

/// <summary>Source lines are short, and recipes are short enough to be read at once.</summary>
public sealed class SourceLayoutTests
{
    private const int LongestLine = 140;
    private const int LongestRecipe = 120;
    private const int LongestFunction = 5;

    private static readonly string[] _sources =
        [".cs", ".csx", ".fsx", ".cpp", ".h", ".py", ".js", ".css", ".sh", ".props", ".targets", ".csproj", ".yml"];

    public static TheoryData<string> Recipes => [.. Directory.EnumerateFiles(Path.Combine(Checkout.Root, "recipes"), "*.csx")
        .Select(path => Path.GetFileName(path)!).Where(name => name != "prelude.csx").Order(StringComparer.Ordinal)];

    [Fact]
    public void No_source_line_is_longer_than_140_columns()
    {
        var files = Checkout.Files().Where(file =>
            _sources.Contains(Path.GetExtension(file)) && Path.GetFileName(file) != "prelude.csx" || Path.GetFileName(file) == "textvae");
        var found = files.SelectMany(file => File.ReadLines(file)
            .Select((line, i) => (Columns: new StringInfo(line).LengthInTextElements, Number: i + 1))
            .Where(line => line.Columns > LongestLine)
            .Select(line => $"{Checkout.Relative(file)}:{line.Number}: {line.Columns} columns"));
        Fails(found);
    }

    // _camelCase, or PascalCase where it acts as a constant; a module's parts have the names that PyTorch gives them in a checkpoint.
    [Fact]
    public void Private_fields_are_named_in_one_way()
    {
        var found =
            from file in Checkout.Files().Where(file => Path.GetExtension(file) == ".cs")
            let root = CSharpSyntaxTree.ParseText(File.ReadAllText(file), new CSharpParseOptions(LanguageVersion.Preview)).GetRoot()
            from field in root.DescendantNodes().OfType<FieldDeclarationSyntax>()
            let modifiers = field.Modifiers.Select(modifier => modifier.Text).ToHashSet()
            where !modifiers.Overlaps(["public", "internal", "protected", "const"])
            let constant = modifiers.IsSupersetOf(["static", "readonly"])
            let module = field.Parent!.DescendantTokens().Any(token => token.Text == "RegisterComponents")
            let line = field.GetLocation().GetLineSpan().StartLinePosition.Line + 1
            from name in field.Declaration.Variables.Select(variable => variable.Identifier.Text)
            where !(name[0] == '_' && name.Length > 1 && char.IsLower(name[1])) && !(constant && char.IsUpper(name[0]))
                && !(module && !modifiers.Contains("static") && char.IsLower(name[0]))
            select $"{Checkout.Relative(file)}:{line}: the private field {name} is not named _camelCase";
        Fails(found);
    }

    [Theory]
    [MemberData(nameof(Recipes))]
    public void A_recipe_is_short_and_brings_no_code_of_its_own(string name)
    {
        var text = SourceText.From(File.ReadAllText(Path.Combine(Checkout.Root, "recipes", name)));
        var root = CSharpSyntaxTree.ParseText(
            text, new CSharpParseOptions(LanguageVersion.Preview, kind: SourceCodeKind.Script)).GetCompilationUnitRoot();
        // The last line of a text that ends with a line break is empty.
        var length = text.Lines.Count - (text.Lines[^1].Span.IsEmpty ? 1 : 0);

        List<string> found = [];
        if (length > LongestRecipe)
            found.Add($"recipes/{name}:{LongestRecipe + 1}: {length} lines; a recipe has at most {LongestRecipe}");
        found.AddRange(root.Usings.Select(line => $"recipes/{name}:{First(line)}: '{line}'; the prelude has the namespaces"));
        // A function outside the call of Recipe.Run is a method of the script.
        found.AddRange(
            from node in root.DescendantNodes()
            let lines = Lines(node switch
            {
                LocalFunctionStatementSyntax function => (SyntaxNode?)function.Body ?? function.ExpressionBody,
                MethodDeclarationSyntax method => (SyntaxNode?)method.Body ?? method.ExpressionBody,
                _ => null,
            })
            where lines > LongestFunction
            select $"recipes/{name}:{First(node)}: the body of a function has {lines} lines; at most {LongestFunction} are allowed");
        Fails(found);

        int First(SyntaxNode node) => text.Lines.GetLinePosition(node.Span.Start).Line + 1;
        int Last(SyntaxNode node) => text.Lines.GetLinePosition(node.Span.End).Line + 1;
        // Lines between the braces, or of the expression.
        int Lines(SyntaxNode? body) => body switch
        {
            BlockSyntax block => Last(block) - First(block) - 1,
            ArrowExpressionClauseSyntax { Expression: LambdaExpressionSyntax { Block: { } block } } => Lines(block),
            ArrowExpressionClauseSyntax arrow => Last(arrow.Expression) - First(arrow.Expression) + 1,
            _ => 0,
        };
    }

    private static void Fails(IEnumerable<string> found) => Assert.True(!found.Any(), string.Join('\n', found));
}
