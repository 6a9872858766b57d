using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Research.TextVae.Notebooks.Engine;
using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Documents;

/// <summary>
/// Parameters in papermill's manner: the cell tagged <c>parameters</c> declares them with their defaults, a cell tagged
/// <c>injected-parameters</c> after it sets others.
/// </summary>
internal static class NotebookParameters
{
    private const string Tag = "parameters";
    private const string InjectedTag = "injected-parameters";

    /// <summary>Injects the cell that sets the parameters, in place of one injected before.</summary>
    /// <exception cref="UserException">The notebook has no such parameter, or it does not take such a value.</exception>
    public static void Inject(Notebook notebook, IReadOnlyList<KeyValuePair<string, string>> values, string path)
    {
        if (values.Count == 0)
            return;
        foreach (var earlier in notebook.Cells.Where(cell => cell.Tags.Contains(InjectedTag)))
            notebook.Remove(earlier);
        var index = notebook.Cells.ToList().FindIndex(cell => cell.IsCode && cell.Tags.Contains(Tag));
        if (index < 0)
            throw new UserException(
                $"{path} has no parameters: no code cell is tagged '{Tag}'. Leave out -p, or tag the cell that declares them.");

        var declared = Declared(notebook.Cells[index].Source);
        var code = new List<string> { "// Parameters" };
        foreach (var (name, value) in values)
        {
            if (!declared.TryGetValue(name, out var kind))
                throw new UserException($"{path} has no parameter '{name}'. Those it has are: {string.Join(", ", declared.Keys)}");
            code.Add($"{name} = {Literal(name, value, kind)};");
        }

        notebook.InsertCode(index + 1, string.Join('\n', code), InjectedTag);
    }

    // The variables that the cell declares, each with the kind of its value.
    private static Dictionary<string, Kind> Declared(string source)
    {
        var root = (CompilationUnitSyntax)Submissions.Parse(source, "").GetRoot();
        return root.Members.OfType<FieldDeclarationSyntax>()
            .SelectMany(
                field => field.Declaration.Variables.Select(variable =>
                    (variable.Identifier.Text, KindOf(field.Declaration.Type, variable.Initializer?.Value))))
            .ToDictionary(parameter => parameter.Text, parameter => parameter.Item2);
    }

    private static Kind KindOf(TypeSyntax type, ExpressionSyntax? value) => type switch
    {
        PredefinedTypeSyntax { Keyword.ValueText: "string" } => Kind.Text,
        PredefinedTypeSyntax { Keyword.ValueText: "bool" } => Kind.Truth,
        PredefinedTypeSyntax { Keyword.ValueText: "int" or "long" } => Kind.Integer,
        PredefinedTypeSyntax { Keyword.ValueText: "uint" or "ulong" } => Kind.Natural,
        PredefinedTypeSyntax { Keyword.ValueText: "double" } => Kind.Number,
        PredefinedTypeSyntax => Kind.Expression,
        _ => (value is PrefixUnaryExpressionSyntax sign ? sign.Operand : value) switch
        {
            LiteralExpressionSyntax literal when literal.IsKind(SyntaxKind.StringLiteralExpression) => Kind.Text,
            LiteralExpressionSyntax literal when literal.IsKind(SyntaxKind.TrueLiteralExpression)
                || literal.IsKind(SyntaxKind.FalseLiteralExpression) => Kind.Truth,
            LiteralExpressionSyntax { Token.Value: int or long } => Kind.Integer,
            LiteralExpressionSyntax { Token.Value: uint or ulong } => Kind.Natural,
            LiteralExpressionSyntax { Token.Value: double } => Kind.Number,
            _ => Kind.Expression,
        },
    };

    private static string Literal(string name, string value, Kind kind)
    {
        return kind switch
        {
            Kind.Text => SymbolDisplay.FormatLiteral(value, quote: true),
            Kind.Truth => bool.TryParse(value, out var truth) ? (truth ? "true" : "false") : throw Wrong("true or false"),
            Kind.Integer => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)
                ? integer.ToString(CultureInfo.InvariantCulture)
                : throw Wrong("a whole number"),
            Kind.Natural => ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var natural)
                ? natural.ToString(CultureInfo.InvariantCulture)
                : throw Wrong("a whole number, at least 0"),
            Kind.Number =>
                double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                ? number.ToString("R", CultureInfo.InvariantCulture)
                : throw Wrong("a number such as 0.25"),
            _ => SyntaxFactory.ParseExpression(value) is { ContainsDiagnostics: false } expression
                ? expression.ToString()
                : throw Wrong("a C# expression"),
        };

        UserException Wrong(string what) => new($"the parameter {name} takes {what}, not '{value}'.");
    }

    private enum Kind
    {
        Text,
        Truth,
        Integer,
        Natural,
        Number,
        Expression,
    }
}
