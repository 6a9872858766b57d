using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace Research.TextVae.Notebooks.Engine;

/// <summary>The summary of a symbol, from the documentation file beside its assembly.</summary>
internal static partial class Documentation
{
    private static readonly Dictionary<string, Dictionary<string, XElement>> Files = [];

    public static string? Summary(ISymbol symbol)
    {
        if (symbol.ContainingAssembly?.Name is not { } assembly || symbol.OriginalDefinition.GetDocumentationCommentId() is not { } id)
            return null;
        lock (Files)
        {
            if (!Files.TryGetValue(assembly, out var members))
                Files[assembly] = members = Read(assembly);
            return members.TryGetValue(id, out var member) && member.Element("summary") is { } summary ? TextOf(summary) : null;
        }
    }

    private static Dictionary<string, XElement> Read(string assembly)
    {
        var location = AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(a => !a.IsDynamic && a.GetName().Name == assembly)?.Location;
        var file = string.IsNullOrEmpty(location) ? null : Path.ChangeExtension(location, ".xml");
        if (!File.Exists(file))
            return [];
        try
        {
            return XDocument.Load(file).Descendants("member").DistinctBy(m => (string?)m.Attribute("name"))
                .ToDictionary(m => (string)m.Attribute("name")!);
        }
        catch (XmlException)
        {
            return [];
        }
    }

    // <see cref="T:A.B"/> reads B, <paramref name="x"/> reads x.
    private static string TextOf(XElement element) => Space().Replace(string.Concat(element.Nodes().Select(node => node switch
    {
        XText text => text.Value,
        XElement { IsEmpty: true } reference =>
            ((string?)(reference.Attribute("cref") ?? reference.Attribute("name") ?? reference.Attribute("langword")) ?? "").Split('.',
                ':')[^1],
        XElement inner => TextOf(inner),
        _ => "",
    })), " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
