using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Scripting;

namespace Research.TextVae.Notebooks.Scripts;

/// <summary>
/// What C# code finds when it is compiled by this host, whether a recipe or a cell of a notebook: the namespaces, the framework,
/// and how <c>#load</c> and <c>#r</c> find their files.
/// </summary>
internal static class ScriptEnvironment
{
    // Those of dotnet-script 2.0, neither more nor less: a script that compiles here must compile there.
    private static readonly string[] Imports =
    [
        "System",
        "System.IO",
        "System.Collections.Generic",
        "System.Console",
        "System.Diagnostics",
        "System.Dynamic",
        "System.Linq",
        "System.Linq.Expressions",
        "System.Text",
        "System.Threading.Tasks",
    ];

    /// <summary>Those of .NET Interactive, and by name alone what its cells can call.</summary>
    public static string[] CellImports { get; } =
    [
        "System",
        "System.Text",
        "System.Collections",
        "System.Collections.Generic",
        "System.Threading.Tasks",
        "System.Linq",
        "Microsoft.DotNet.Interactive",
        "Microsoft.DotNet.Interactive.Kernel",
    ];

    /// <summary>The folder of the framework this process runs on; its assemblies are referenced by every script.</summary>
    public static string FrameworkFolder { get; } = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    private static IEnumerable<MetadataReference> Framework =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == FrameworkFolder)
            .Select(path => MetadataReference.CreateFromFile(path));

    /// <summary>
    /// What a cell can refer to before it says <c>#r</c>. New objects for every engine: the compiler keeps the types it has read with
    /// them, and in two chains of submissions that share them it can take one chain's <c>int</c> for the other's.
    /// </summary>
    public static MetadataReference[] CellReferences() =>
        [.. Framework, MetadataReference.CreateFromFile(typeof(ScriptEnvironment).Assembly.Location)];

    /// <summary>The options for code in <paramref name="folder"/>, to which relative paths refer.</summary>
    public static ScriptOptions CreateOptions(string folder, SourceReferenceResolver? sources = null) => ScriptOptions.Default
        .WithImports(Imports)
        .WithReferences(Framework)
        .WithSourceResolver(sources ?? new SourceFileResolver(ImmutableArray<string>.Empty, folder))
        .WithMetadataResolver(new HostReferenceResolver(folder))
        .WithFileEncoding(Encoding.UTF8)
        .WithEmitDebugInformation(true)
        .WithOptimizationLevel(OptimizationLevel.Release);
}
