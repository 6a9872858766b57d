using System.Reflection;
using System.Runtime.Loader;
using Research.TextVae.Kernels;
using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Scripts;

/// <summary>
/// Runs C# scripts in this process by the rules of dotnet-script 2.0, so that a script behaves the same under both.
/// A script is compiled once: while its sources, its references and this host are unchanged, later starts do not load the compiler.
/// </summary>
/// <param name="error">Where mistakes of the script are reported.</param>
/// <param name="cacheFolder">Where compiled scripts are kept; by default under the user's cache folder.</param>
public sealed class ScriptRunner(TextWriter error, string? cacheFolder = null)
{
    private readonly ScriptCache _cache = new(cacheFolder ?? ScriptCache.DefaultFolder);

    /// <summary>Where compiled scripts are kept unless told otherwise.</summary>
    public static string DefaultCacheFolder => ScriptCache.DefaultFolder;

    /// <summary>Runs a script to its end.</summary>
    /// <returns>The number that the script returned, or <see cref="Environment.ExitCode"/>; of a failed script one of
    /// <see cref="ExitCode"/>.</returns>
    /// <exception cref="UserException">The script does not exist.</exception>
    public int Run(string path, IReadOnlyList<string> arguments)
    {
        if (!File.Exists(path))
            throw new UserException($"there is no script '{path}' in {Environment.CurrentDirectory}.");
        path = Path.GetFullPath(path);

        if (_cache.Read(path) is not { } script)
        {
            try
            {
                script = ScriptCompiler.Compile(path);
            }
            catch (ScriptCompilationException failure)
            {
                foreach (var line in failure.Errors)
                    error.WriteLine(line);
                return ExitCode.UserError;
            }

            _cache.Write(path, script);
        }

        return Execute(script, arguments);
    }

    private int Execute(CompiledScript script, IReadOnlyList<string> arguments)
    {
        AssemblyLoadContext.Default.Resolving += script.ResolveReference;
        var assembly = AssemblyLoadContext.Default.LoadFromStream(new MemoryStream(script.Assembly), new MemoryStream(script.Symbols));
        try
        {
            if (script.References.Any(reference => HostReferenceResolver.IsLibrary(reference.Path)))
                LibTorch.Require();
            // A script is a submission: a class whose factory takes an array of the globals and a slot for the submission itself.
            var factory = assembly.GetType(CompiledScript.TypeName, throwOnError: true)!
                .GetMethod(CompiledScript.FactoryName, BindingFlags.Public | BindingFlags.Static)!
                .CreateDelegate<Func<object?[], Task<int>>>();
            var returned = factory([new ScriptGlobals(arguments), null]).GetAwaiter().GetResult();
            return returned != 0 ? returned : Environment.ExitCode;
        }
#pragma warning disable CA1031 // A script can throw anything; this is where it ends.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var failure = ScriptFailure.Of(exception, assembly);
            failure.Print(error);
            return failure.ExitCode;
        }
        finally
        {
            AssemblyLoadContext.Default.Resolving -= script.ResolveReference;
        }
    }
}
