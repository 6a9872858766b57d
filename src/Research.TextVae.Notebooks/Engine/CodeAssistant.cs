using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Research.TextVae.Notebooks.Engine.Display;
using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Engine;

/// <summary>Answers questions about code that is being written, from the compiler's own knowledge of it and of the cells before.</summary>
public sealed class CodeAssistant
{
    private static readonly SymbolDisplayFormat Signature = SymbolDisplayFormat.MinimallyQualifiedFormat
        .WithMemberOptions(
            SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeType
            | SymbolDisplayMemberOptions.IncludeContainingType | SymbolDisplayMemberOptions.IncludeConstantValue)
        .WithParameterOptions(
            SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeType
            | SymbolDisplayParameterOptions.IncludeDefaultValue | SymbolDisplayParameterOptions.IncludeParamsRefOut);

    private readonly Submissions _submissions;

    internal CodeAssistant(Submissions submissions) => _submissions = submissions;

    /// <summary>What could stand at the position.</summary>
    /// <param name="position">In UTF-16 units.</param>
    public Completions Complete(string code, int position)
    {
        position = Math.Clamp(position, 0, code.Length);
        var start = WordStart(code, position);
        if (LineBefore(code, position) is var line && line.StartsWith("#!", StringComparison.Ordinal)
            && !line.Contains(' ', StringComparison.Ordinal))
            return new Completions(
                [.. CellParser.Magics.Keys.Where(m => m.StartsWith(line, StringComparison.Ordinal))
                    .Select(m => new CompletionItem(m, "keyword"))], position - line.Length, position);

        var prefix = code[start..position];
        var tree = Submissions.Parse(code, "");
        var compilation = _submissions.Compile(tree);
        var model = compilation.GetSemanticModel(tree);
        var before = TokenBefore(tree, start);
        var settable = Settable(model, before, start)?.ToList();
        var items = (settable ?? SymbolsAt(model, before, start))
            .Where(symbol => symbol.CanBeReferencedByName && Matches(symbol.Name, prefix))
            .Select(symbol => new CompletionItem(symbol.Name, KindOf(symbol)));
        if (settable is null && !IsMemberAccess(code, start) && prefix.Length > 0)
        {
            items = items.Concat(SyntaxFacts.GetKeywordKinds().Concat(SyntaxFacts.GetContextualKeywordKinds()).Select(SyntaxFacts.GetText)
                .Where(keyword => keyword.StartsWith(prefix, StringComparison.Ordinal))
                .Select(keyword => new CompletionItem(keyword, "keyword")));
        }

        return new Completions(
            [.. items.DistinctBy(item => item.Text).OrderByDescending(item => item.Text.StartsWith(prefix, StringComparison.Ordinal))
                .ThenBy(item => item.Text, StringComparer.OrdinalIgnoreCase)],
            start, position);
    }

    /// <summary>What the name at the position is: its declaration, and its value now if it is a variable; null when it is nothing
    /// known.</summary>
    public string? Inspect(string code, int position)
    {
        position = Math.Clamp(position, 0, code.Length);
        var line = LineBefore(code, position) + code[position..].Split('\n')[0];
        if (line.StartsWith("#!", StringComparison.Ordinal))
            return CellParser.Magics.TryGetValue(line.Split(' ')[0], out var meaning) ? meaning : null;

        var tree = Submissions.Parse(code, "");
        var model = _submissions.Compile(tree).GetSemanticModel(tree);
        var token = tree.GetRoot().FindToken(Math.Max(0, Math.Min(position, code.Length - 1)));
        if (!token.IsKind(SyntaxKind.IdentifierToken) && position > 0)
            token = tree.GetRoot().FindToken(position - 1);
        if (token.Parent is not { } node || !token.IsKind(SyntaxKind.IdentifierToken) && !SyntaxFacts.IsPredefinedType(token.Kind()))
            return null;
        var info = model.GetSymbolInfo(node);
        var symbol = info.Symbol ?? info.CandidateSymbols.FirstOrDefault() ?? model.GetDeclaredSymbol(node);
        if (symbol is null)
            return null;
        var overloads = symbol is IMethodSymbol { ContainingType: { } type } && type.GetMembers(symbol.Name).Length - 1 is > 0 and var more
            ? $" (+ {more} overloads)"
            : "";
        var text = symbol.ToDisplayString(Signature) + overloads;
        if (Documentation.Summary(symbol) is { } summary)
            text += "\n" + summary;
        if (symbol is IFieldSymbol && _submissions.Variables().FirstOrDefault(v => v.Name == symbol.Name) is { Name: not null } variable)
            text += "\nvalue: " + Display.ValueFormatter.Text(variable.Value);
        return text;
    }

    /// <summary>Whether the code can be run, needs more lines, or has a mistake that more lines do not mend.</summary>
    /// <returns><c>complete</c>, <c>incomplete</c> or <c>invalid</c>.</returns>
    public static string Completeness(string code)
    {
        IReadOnlyList<CellPart> parts;
        try
        {
            parts = CellParser.Parse(code, "cell");
        }
        catch (UserException)
        {
            return "invalid";
        }

        if (parts is not [.., { Language: CellPart.CSharp } part])
            return "complete";
        var tree = Submissions.Parse(part.Code, "");
        if (!SyntaxFactory.IsCompleteSubmission(tree))
            return "incomplete";
        return tree.GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error) ? "invalid" : "complete";
    }

    private static SyntaxToken TokenBefore(SyntaxTree tree, int position)
    {
        var token = tree.GetRoot().FindToken(position);
        return token.SpanStart < position ? token : token.GetPreviousToken();
    }

    // Where the name of a member begins in an object initializer or after "with": what can be set there and is not yet; null elsewhere.
    private static IEnumerable<ISymbol>? Settable(SemanticModel model, SyntaxToken before, int start)
    {
        if (before.Parent is not InitializerExpressionSyntax initializer || before == initializer.CloseBraceToken)
            return null;
        var type = initializer.Parent switch
        {
            BaseObjectCreationExpressionSyntax creation => model.GetTypeInfo(creation).Type,
            WithExpressionSyntax with => model.GetTypeInfo(with.Expression).Type,
            AssignmentExpressionSyntax nested => model.GetTypeInfo(nested.Left).Type,
            _ => null,
        };
        var set = initializer.Expressions.OfType<AssignmentExpressionSyntax>().Where(assignment => assignment.SpanStart != start)
            .Select(assignment => assignment.Left.ToString()).ToHashSet();
        // The braces of a collection hold elements.
        if (type is null or IErrorTypeSymbol || set.Count == 0 && IsCollection(type))
            return null;
        return model.LookupSymbols(start, type).Where(symbol => !symbol.IsStatic && !set.Contains(symbol.Name) && symbol switch
        {
            IFieldSymbol field => !field.IsReadOnly,
            IPropertySymbol { IsIndexer: false } property =>
                property.SetMethod is { } setter ? model.IsAccessible(start, setter) : IsCollection(property.Type),
            _ => false,
        });
    }

    private static bool IsCollection(ITypeSymbol type) =>
        type.SpecialType != SpecialType.System_String
        && type.AllInterfaces.Any(implemented => implemented.SpecialType == SpecialType.System_Collections_IEnumerable);

    private static IEnumerable<ISymbol> SymbolsAt(SemanticModel model, SyntaxToken dot, int start)
    {
        var target = dot.Parent switch
        {
            MemberAccessExpressionSyntax access when dot == access.OperatorToken => access.Expression,
            MemberBindingExpressionSyntax binding => binding.FirstAncestorOrSelf<ConditionalAccessExpressionSyntax>()?.Expression,
            QualifiedNameSyntax qualified when dot == qualified.DotToken => qualified.Left,
            _ => (SyntaxNode?)null,
        };
        if (target is null)
            return model.LookupSymbols(start)
                .Where(symbol => symbol is not INamespaceSymbol || symbol.ContainingNamespace?.IsGlobalNamespace == true);

        var left = model.GetSymbolInfo(target);
        if ((left.Symbol ?? left.CandidateSymbols.FirstOrDefault()) is INamespaceOrTypeSymbol container)
        {
            return model.LookupSymbols(start, container)
                .Where(symbol => container is INamespaceSymbol || symbol.IsStatic
                    || symbol is ITypeSymbol or IFieldSymbol { IsConst: true });
        }

        return model.GetTypeInfo(target).Type is { } type and not IErrorTypeSymbol
            ? model.LookupSymbols(start, type, includeReducedExtensionMethods: true)
                .Where(symbol => !symbol.IsStatic && symbol is not ITypeSymbol)
            : [];
    }

    private static bool Matches(string name, string prefix) => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);

    private static bool IsMemberAccess(string code, int start) => start > 0 && code[start - 1] == '.';

    private static int WordStart(string code, int position)
    {
        while (position > 0 && SyntaxFacts.IsIdentifierPartCharacter(code[position - 1]))
            position--;
        return position;
    }

    private static string LineBefore(string code, int position) => code[..position].Split('\n')[^1];

    private static string KindOf(ISymbol symbol) => symbol switch
    {
        IMethodSymbol => "function",
        IPropertySymbol => "property",
        INamespaceSymbol => "module",
        ITypeSymbol { TypeKind: TypeKind.Interface } => "interface",
        ITypeSymbol => "class",
        _ => "instance",
    };
}
