using Research.TextVae.Notebooks.Engine.Display;
using Research.TextVae.Support;

// The namespace and names of .NET Interactive, so that a notebook compiles under both.
namespace Microsoft.DotNet.Interactive;

/// <summary>What a cell can call by name alone.</summary>
#pragma warning disable IDE1006, CA1711 // The names are .NET Interactive's.
public static class Kernel
{
    /// <summary>Shows a value now, in the MIME types given or in those its type prefers.</summary>
    public static DisplayedValue display(object? value, params string[] mimeTypes) =>
        DisplayedValue.Show(ValueFormatter.Format(value, mimeTypes));

    /// <summary>Markup that is shown as such.</summary>
    public static HtmlContent HTML(string content) => new(content);

    /// <summary>Adds a style sheet to the page that shows the notebook.</summary>
    public static void CSS(string content) => display(new HtmlContent($"<style>{content}</style>"));

    /// <summary>Runs a script in the page that shows the notebook.</summary>
    public static void Javascript(string content) => display(new HtmlContent($"<script type=\"text/javascript\">{content}</script>"));

    /// <summary>Always refused: notebooks run without anyone there.</summary>
    public static Task<string> GetInputAsync(string prompt = "") =>
        throw new UserException(
            "a cell cannot ask for input, because it must run without anyone there; put the value into the parameters cell.");
}
