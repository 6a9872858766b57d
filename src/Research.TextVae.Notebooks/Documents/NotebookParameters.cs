using System.Globalization;
using System.Numerics;
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
            if (!declared.TryGetValue(name, out var type))
                throw new UserException(
                    $"{path} has no parameter '{Excerpt.Of(name)}'. Those it has are: {Excerpt.Of(string.Join(", ", declared.Keys), 150)}");
            code.Add($"{name} = {Literal(name, value, type)};");
        }

        notebook.InsertCode(index + 1, string.Join('\n', code), InjectedTag);
    }

    // The variables that the cell declares, each with its type.
    private static Dictionary<string, ParameterType> Declared(string source)
    {
        var root = (CompilationUnitSyntax)Submissions.Parse(source, "").GetRoot();
        return root.Members.OfType<FieldDeclarationSyntax>()
            .SelectMany(field => field.Declaration.Variables.Select(variable => (variable.Identifier.Text, Type: new ParameterType(
                KindOf(field.Declaration.Type, variable.Initializer?.Value),
                field.Declaration.Type is NullableTypeSyntax,
                field.Modifiers.Any(SyntaxKind.ConstKeyword) || field.Modifiers.Any(SyntaxKind.ReadOnlyKeyword)))))
            .DistinctBy(parameter => parameter.Text).ToDictionary(parameter => parameter.Text, parameter => parameter.Type);
    }

    private static Kind KindOf(TypeSyntax type, ExpressionSyntax? value) => type switch
    {
        NullableTypeSyntax nullable => KindOf(nullable.ElementType, value),
        PredefinedTypeSyntax { Keyword.ValueText: var name } => name switch
        {
            "string" => Kind.Text,
            "char" => Kind.Character,
            "bool" => Kind.Truth,
            "sbyte" => Kind.Int8,
            "byte" => Kind.UInt8,
            "short" => Kind.Int16,
            "ushort" => Kind.UInt16,
            "int" => Kind.Int32,
            "uint" => Kind.UInt32,
            "long" => Kind.Int64,
            "ulong" => Kind.UInt64,
            "float" => Kind.Single,
            "double" => Kind.Double,
            "decimal" => Kind.Decimal,
            _ => Kind.Expression,
        },
        _ => (value is PrefixUnaryExpressionSyntax sign ? sign.Operand : value) switch
        {
            InterpolatedStringExpressionSyntax => Kind.Text,
            LiteralExpressionSyntax { Token.Value: var literal } => literal switch
            {
                string => Kind.Text,
                char => Kind.Character,
                bool => Kind.Truth,
                int => Kind.Int32,
                uint => Kind.UInt32,
                long => Kind.Int64,
                ulong => Kind.UInt64,
                float => Kind.Single,
                double => Kind.Double,
                decimal => Kind.Decimal,
                _ => Kind.Expression,
            },
            _ => Kind.Expression,
        },
    };

    // The declared type decides how a value is read and written.
    private static string Literal(string name, string value, ParameterType type)
    {
        if (type.IsConstant)
            throw new UserException($"the parameter {name} is declared as a constant; declare it as a variable: var {name} = …");
        if (type.IsNullable && value == "null")
            return value;
        return type.Kind switch
        {
            Kind.Text => SymbolDisplay.FormatLiteral(value, quote: true),
            Kind.Character => value.Length == 1 ? SymbolDisplay.FormatLiteral(value[0], quote: true) : throw Wrong("one character"),
            Kind.Truth => bool.TryParse(value, out var truth) ? (truth ? "true" : "false") : throw Wrong("true or false"),
            Kind.Int8 => Whole<sbyte>(),
            Kind.UInt8 => Whole<byte>(),
            Kind.Int16 => Whole<short>(),
            Kind.UInt16 => Whole<ushort>(),
            Kind.Int32 => Whole<int>(),
            Kind.UInt32 => Whole<uint>(),
            Kind.Int64 => Whole<long>(),
            Kind.UInt64 => Whole<ulong>(),
            Kind.Single =>
                float.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && float.IsFinite(number)
                ? number.ToString("R", CultureInfo.InvariantCulture) + "f"
                : throw Wrong("a number such as 0.25"),
            Kind.Double =>
                double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                ? number.ToString("R", CultureInfo.InvariantCulture)
                : throw Wrong("a number such as 0.25"),
            Kind.Decimal => decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? number.ToString(CultureInfo.InvariantCulture) + "m"
                : throw Wrong("a number such as 0.25"),
            _ => SyntaxFactory.ParseExpression(Submissions.RequireShallow(value)) is { ContainsDiagnostics: false } expression
                ? expression.ToString()
                : throw Wrong("a C# expression"),
        };

        string Whole<T>()
            where T : struct, IBinaryInteger<T>, IMinMaxValue<T> =>
            T.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? number.ToString(null, CultureInfo.InvariantCulture)
                : throw Wrong($"a whole number from {T.MinValue} to {T.MaxValue}");

        UserException Wrong(string what) => new($"the parameter {name} takes {what}, not '{Excerpt.Of(value)}'.");
    }

    private readonly record struct ParameterType(Kind Kind, bool IsNullable, bool IsConstant);

    private enum Kind
    {
        Expression,
        Text,
        Character,
        Truth,
        Int8,
        UInt8,
        Int16,
        UInt16,
        Int32,
        UInt32,
        Int64,
        UInt64,
        Single,
        Double,
        Decimal,
    }
}
