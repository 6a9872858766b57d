using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Emit;

namespace Research.TextVae.Notebooks.Scripts;

/// <summary>Compiles scripts with Roslyn. Only this class and those it calls load the compiler.</summary>
internal static class ScriptCompiler
{
    /// <exception cref="ScriptCompilationException">The script has errors.</exception>
    public static CompiledScript Compile(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        var resolver = new RecordingSourceResolver(folder);
        var options = ScriptEnvironment.CreateOptions(folder, resolver).WithFilePath(path);
        using var source = resolver.OpenRead(path);
        // As in dotnet-script a script's value is an int, its exit code.
        var compilation = CSharpScript.Create<int>(source, options, typeof(ScriptGlobals)).GetCompilation();

        using var assembly = new MemoryStream();
        using var symbols = new MemoryStream();
        var result =
            compilation.Emit(assembly, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        if (!result.Success)
            throw new ScriptCompilationException(result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Select(Describe));

        var references = compilation.References.OfType<PortableExecutableReference>()
            .Select(r => r.FilePath!)
            .Where(file => Path.GetDirectoryName(file) != ScriptEnvironment.FrameworkFolder
                && file != typeof(ScriptGlobals).Assembly.Location)
            .Distinct()
            .Select(ReferenceFile.Of);
        return new CompiledScript([.. resolver.Read], [.. references], assembly.ToArray(), symbols.ToArray());
    }

    /// <summary>An error with its place, in one line.</summary>
    internal static string Describe(Diagnostic diagnostic)
    {
        var span = diagnostic.Location.GetMappedLineSpan();
        var message = diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture);
        if (diagnostic.Id == "CS0006" && message.Contains("'nuget:", StringComparison.OrdinalIgnoreCase))
            message = message.Contains(HostReferenceResolver.Library, StringComparison.OrdinalIgnoreCase)
                ? $"textvae has version {HostReferenceResolver.LibraryVersion} of Research.TextVae and no other. Ask for that one, "
                    + "or install another: dotnet tool update -g Research.TextVae.Cli"
                : "textvae does not restore NuGet packages. Build the package into a project and refer to its assembly by path, "
                    + "or run the code with dotnet-script or .NET Interactive";
        else if (diagnostic.Id == "CS1504" && message.Contains("prelude.csx", StringComparison.Ordinal))
            message += ". It is written by the build: dotnet build src/Research.TextVae.Cli -c Release";
        return ScriptPosition.Format(span.Path, span.StartLinePosition.Line + 1, span.StartLinePosition.Character + 1)
            + $": error {diagnostic.Id}: {message}";
    }
}
