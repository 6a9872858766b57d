using Microsoft.CodeAnalysis.CSharp.Scripting.Hosting;

namespace Research.TextVae.Notebooks.Scripts;

/// <summary>What a script can name without declaring it: the same members that dotnet-script gives.</summary>
public sealed class ScriptGlobals(IEnumerable<string> arguments)
{
    /// <summary>The arguments that follow the script on the command line.</summary>
    public IList<string> Args { get; } = [.. arguments];

    /// <summary>Writes a value the way the C# interactive window shows it.</summary>
#pragma warning disable CA1822 // A script reaches it as a member of its globals.
    public void Print(object value) => Console.WriteLine(CSharpObjectFormatter.Instance.FormatObject(value));
#pragma warning restore CA1822
}
