using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Research.TextVae.Notebooks.Engine;

/// <summary>
/// Puts checks for interrupts into the code of a cell: between its statements and into every loop. The compiler's own instrumentation
/// for this leaves out the statements of a script, and the runtime's way to abort a thread works but once in a process.
/// </summary>
internal sealed class InterruptChecks : CSharpSyntaxRewriter
{
    private static readonly StatementSyntax Check =
        SyntaxFactory.ParseStatement($"global::{typeof(CellInterrupt).FullName}.{nameof(CellInterrupt.Check)}();");

    private readonly SourceText _text;
    private readonly List<(LinePosition Place, int Width)> _inserted = [];

    private InterruptChecks(SourceText text) => _text = text;

    /// <summary>The code with checks, on the same lines, and what was inserted before which places of the code as it was written.</summary>
    public static (SyntaxTree Tree, IReadOnlyList<(LinePosition Place, int Width)> Inserted) In(SyntaxTree tree)
    {
        var checks = new InterruptChecks(tree.GetText());
        var root = checks.Visit(tree.GetRoot());
        return (checks._inserted.Count == 0 ? tree : tree.WithRootAndOptions(root, tree.Options),
            [.. checks._inserted.OrderBy(i => i.Place)]);
    }

    /// <summary>A column of the code as it was written, from one of the code with checks; lines and columns count from 1.</summary>
    public static int OriginalColumn(IReadOnlyList<(LinePosition Place, int Width)> inserted, int line, int column)
    {
        foreach (var (place, width) in inserted.Where(i => i.Place.Line == line - 1))
        {
            if (column - width > place.Character)
                column -= width;
        }

        return column;
    }

    public override SyntaxNode VisitCompilationUnit(CompilationUnitSyntax node)
    {
        List<MemberDeclarationSyntax> members = [];
        foreach (var member in node.Members)
        {
            // #r and #load stand before the first.
            if (members.Count > 0 && member is (GlobalStatementSyntax or FieldDeclarationSyntax))
            {
                Inserted(member.FullSpan.Start, Check.FullSpan.Length);
                members.Add(SyntaxFactory.GlobalStatement(Check));
            }

            members.Add((MemberDeclarationSyntax)Visit(member)!);
        }

        return node.WithMembers(SyntaxFactory.List(members));
    }

    public override SyntaxNode VisitWhileStatement(WhileStatementSyntax node) =>
        Checked(node, (WhileStatementSyntax)base.VisitWhileStatement(node)!);

    public override SyntaxNode VisitDoStatement(DoStatementSyntax node) => Checked(node, (DoStatementSyntax)base.VisitDoStatement(node)!);

    public override SyntaxNode VisitForStatement(ForStatementSyntax node) =>
        Checked(node, (ForStatementSyntax)base.VisitForStatement(node)!);

    public override SyntaxNode VisitForEachStatement(ForEachStatementSyntax node) =>
        Checked(node, (ForEachStatementSyntax)base.VisitForEachStatement(node)!);

    public override SyntaxNode VisitForEachVariableStatement(ForEachVariableStatementSyntax node) =>
        Checked(node, (ForEachVariableStatementSyntax)base.VisitForEachVariableStatement(node)!);

    private TLoop Checked<TLoop>(TLoop written, TLoop visited)
        where TLoop : StatementSyntax
    {
        var (body, checkedBody) = (Body(written), Body(visited));
        Inserted(body.FullSpan.Start, 1 + Check.FullSpan.Length);
        Inserted(body.FullSpan.End, 1);
        return visited.ReplaceNode(checkedBody, SyntaxFactory.Block(Check, checkedBody));
    }

    private static StatementSyntax Body(StatementSyntax loop) => loop.ChildNodes().OfType<StatementSyntax>().Single();

    private void Inserted(int position, int width) => _inserted.Add((_text.Lines.GetLinePosition(position), width));
}
