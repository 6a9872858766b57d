using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.CodeAnalysis.Scripting.Hosting;

namespace Research.TextVae.Cli.Tests;

/// <summary>
/// Recipes by the rules of dotnet-script 2.0: its namespaces, its globals, nothing but the framework and what the prelude names,
/// every assembly by itself, since that host copies them one by one and finds no neighbours.
/// </summary>
public sealed class DotnetScriptRulesTests
{
    private static readonly string[] Imports =
    [
        "System", "System.IO", "System.Collections.Generic", "System.Console", "System.Diagnostics", "System.Dynamic", "System.Linq",
        "System.Linq.Expressions", "System.Text", "System.Threading.Tasks",
    ];

    private static readonly string Framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    private static string Recipes => Path.Combine(Workplace.Checkout, "recipes");

    public static TheoryData<string> AllRecipes =>
    [
        .. Directory.GetFiles(Recipes, "*.csx").Select(path => Path.GetFileName(path)!).Where(name => name != "prelude.csx")
        .Order(StringComparer.Ordinal),
        "(a new one)",
    ];

    [Theory]
    [MemberData(nameof(AllRecipes))]
    public void ARecipeCompiles(string name)
    {
        var path = Path.Combine(Recipes, name);
        var code = File.Exists(path)
            ? File.ReadAllText(path)
            : "#load \"prelude.csx\"\nusing static TorchSharp.torch;\nWriteLine(zeros(2, Args.Count));\nreturn ExitCode.Success;";

        Assert.Empty(Compile(path, code).GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
    }

    [Fact]
    public void ThePreludeNamesEveryAssemblyThatAnotherNeeds()
    {
        var named = Compile(Path.Combine(Recipes, "a.csx"), "#load \"prelude.csx\"").DirectiveReferences
            .OfType<PortableExecutableReference>().Select(reference => reference.FilePath!).ToList();
        var known = named.Concat(Directory.GetFiles(Framework, "*.dll")).Select(path => Path.GetFileNameWithoutExtension(path)!)
            .ToHashSet();

        Assert.Contains("Research.TextVae", named.Select(Path.GetFileNameWithoutExtension));
        Assert.All(named, path => Assert.Subset(known, ReferencesOf(path)));
    }

    private static Compilation Compile(string path, string code)
    {
        var framework = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => Path.GetDirectoryName(file) == Framework);
        var options = ScriptOptions.Default.AddImports(Imports)
            .AddReferences(framework.Select(file => MetadataReference.CreateFromFile(file)))
            .WithSourceResolver(new SourceFileResolver(ImmutableArray<string>.Empty, Recipes))
            .WithMetadataResolver(ScriptMetadataResolver.Default.WithBaseDirectory(Recipes))
            .WithFilePath(path);
        return CSharpScript.Create<int>(code, options, typeof(CommandLineScriptGlobals)).GetCompilation();
    }

    private static HashSet<string> ReferencesOf(string path)
    {
        using var image = new PEReader(File.OpenRead(path));
        var metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }
}
