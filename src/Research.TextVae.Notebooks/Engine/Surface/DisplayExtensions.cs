using Microsoft.DotNet.Interactive;
using Research.TextVae.Notebooks.Engine;

// In .NET Interactive too these are found without a using directive.
namespace System;

/// <summary>Showing values at the end of an expression.</summary>
public static class DisplayExtensions
{
    /// <inheritdoc cref="Kernel.display"/>
    public static DisplayedValue Display(this object? value, params string[] mimeTypes) => Kernel.display(value, mimeTypes);

    /// <summary>Shows text that is already in the format named: <c>"**bold**".DisplayAs("text/markdown")</c>.</summary>
    public static DisplayedValue DisplayAs(this string value, string mimeType) => DisplayedValue.Show(MimeBundle.Of(mimeType, value));
}
