using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;
using Research.TextVae.Kernels;
using Research.TextVae.Notebooks.Scripts;
using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Engine;

/// <summary>
/// The chain of compiled pieces of code, each of which sees the variables, types and <c>using</c>s of those before it. Pieces are
/// compiled with the compiler itself rather than through its scripting interface: the assemblies they refer to are then the ones
/// this process runs with, and errors name the cell.
/// </summary>
internal sealed class Submissions : IDisposable
{
    private const string FactoryName = "<Factory>";
    private const int Deepest = 300;

    // Recursion without end is then an exception instead of the process's end.
    private static readonly EmitOptions Emission = new(
        debugInformationFormat: DebugInformationFormat.PortablePdb, instrumentationKinds: [InstrumentationKind.StackOverflowProbing]);

    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest, DocumentationMode.None, SourceCodeKind.Script);
    private static int _compiled;

    private readonly string _folder;
    private readonly MetadataReference[] _references = ScriptEnvironment.CellReferences();
    private readonly CSharpCompilationOptions _options;
    private readonly Dictionary<string, Assembly> _assemblies = [];
    private readonly Dictionary<string, string> _referenced = [];
    private readonly List<CSharpCompilation> _chain = [];
    private readonly List<CSharpCompilation> _executed = [];
    private readonly Dictionary<string, (string Name, IReadOnlyList<(LinePosition Place, int Width)> Inserted)> _files = [];
    private SyntaxTree? _latest;
    private object?[] _state = new object?[8]; // 0: the host object, of which there is none; then one an executed piece

    public Submissions(string folder)
    {
        _folder = folder;
        _options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)
            .WithUsings(ScriptEnvironment.CellImports)
            .WithSourceReferenceResolver(new RecordingSourceResolver(folder))
            .WithMetadataReferenceResolver(new HostReferenceResolver(folder))
            .WithOptimizationLevel(OptimizationLevel.Release)
            .WithAllowUnsafe(true)
            .WithAssemblyIdentityComparer(DesktopAssemblyIdentityComparer.Default);
        AssemblyLoadContext.Default.Resolving += Resolve;
    }

    /// <summary>A place of a stack trace in the code as it was written; the compiler makes full paths of the names of cells.</summary>
    public string PlaceOf(string file, int line, int column) => _files.TryGetValue(file, out var known)
        ? ScriptPosition.Format(known.Name, line, InterruptChecks.OriginalColumn(known.Inserted, line, column))
        : ScriptPosition.Format(file, line, column);

    /// <summary>Assemblies of executed code, for finding its frames in stack traces.</summary>
    public bool Contains(Assembly? assembly) => assembly is not null && _assemblies.ContainsValue(assembly);

    /// <exception cref="UserException">Its brackets are too deep.</exception>
    public static SyntaxTree Parse(string code, string path) =>
        SyntaxFactory.ParseSyntaxTree(SourceText.From(RequireShallow(code), Encoding.UTF8), ParseOptions, path);

    /// <summary>Refuses code whose brackets are deeper than any that is written by hand: the compiler takes a gigabyte for 2,000.</summary>
    /// <exception cref="UserException">They are.</exception>
    public static string RequireShallow(string code) => IsDeep(code)
        ? throw new UserException($"the code has brackets more than {Deepest} deep; name its parts.")
        : code;

    /// <summary>Whether code is too deep to be parsed.</summary>
    public static bool IsDeep(string code)
    {
        var depth = 0;
        foreach (var c in code)
        {
            depth += c is '(' or '[' or '{' ? 1 : c is ')' or ']' or '}' && depth > 0 ? -1 : 0;
            if (depth > Deepest)
                return true;
        }

        return false;
    }

    /// <summary>The code as it would be compiled next; nothing is executed or kept.</summary>
    public CSharpCompilation Compile(SyntaxTree tree) => CSharpCompilation.CreateScriptCompilation(
        string.Create(CultureInfo.InvariantCulture, $"cell-{Interlocked.Increment(ref _compiled)}"),
        tree,
        _chain.Count == 0 ? _references : null,
        _options.WithScriptClassName(string.Create(CultureInfo.InvariantCulture, $"Submission#{_chain.Count}")),
        _chain.Count == 0 ? null : _chain[^1],
        typeof(object));

    /// <summary>Compiles and loads; the piece is from now on part of the chain, whether or not it runs to its end.</summary>
    /// <returns>What runs it. It gives the value of the trailing expression.</returns>
    /// <exception cref="ScriptCompilationException">The code has errors.</exception>
    public Func<Task<object?>> Add(SyntaxTree tree, CancellationToken cancellation)
    {
        var (checking, inserted) = InterruptChecks.In(tree);
        var compilation = Compile(checking);
        using var image = new MemoryStream();
        using var symbols = new MemoryStream();
        var result = compilation.Emit(image, symbols, options: Emission, cancellationToken: cancellation);
        var errors = result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).ToList();
        if (errors.Count > 0 && checking != tree)
            errors = [.. Compile(tree).GetDiagnostics(cancellation).Where(d => d.Severity == DiagnosticSeverity.Error)];
        if (errors.Count > 0)
            throw new ScriptCompilationException(errors.Select(ScriptCompiler.Describe).Distinct());

        var references = compilation.References.OfType<PortableExecutableReference>().Select(r => r.FilePath).OfType<string>().ToList();
        if (references.Any(HostReferenceResolver.IsLibrary))
            LibTorch.Require();
        _latest = checking;
        _files[Path.GetFullPath(tree.FilePath, _folder)] = (tree.FilePath, inserted);
        foreach (var file in references)
            _referenced.TryAdd(Path.GetFileNameWithoutExtension(file), file);
        _chain.Add(compilation);
        if (!result.Success)
            return () => Task.FromResult<object?>(null); // directives alone: there is nothing to emit, and no slot in the state
        _executed.Add(compilation);
        image.Position = symbols.Position = 0;
        var assembly = AssemblyLoadContext.Default.LoadFromStream(image, symbols);
        _assemblies[compilation.AssemblyName!] = assembly;
        if (_state.Length <= _executed.Count)
            Array.Resize(ref _state, _state.Length * 2);
        var factory = assembly.GetType(compilation.ScriptClass!.MetadataName, throwOnError: true)!
            .GetMethod(FactoryName, BindingFlags.Public | BindingFlags.Static)!
            .CreateDelegate<Func<object?[], Task<object?>>>();
        var state = _state;
        return () => factory(state);
    }

    /// <summary>Whether the code ends with an expression whose value is to be shown, even if it is null.</summary>
    public static bool HasValue(SyntaxTree tree) =>
        tree.GetRoot() is CompilationUnitSyntax
        {
            Members: [.., GlobalStatementSyntax { Statement: ExpressionStatementSyntax { SemicolonToken.IsMissing: true } }],
        };

    /// <summary>The type of the trailing expression of the piece added last.</summary>
    public ITypeSymbol? LatestValueType() =>
        _latest?.GetRoot() is CompilationUnitSyntax
        {
            Members: [.., GlobalStatementSyntax { Statement: ExpressionStatementSyntax { Expression: var expression } }],
        }
            ? _chain[^1].GetSemanticModel(_latest).GetTypeInfo(expression).Type
            : null;

    /// <summary>The variables as they are now, the latest of each name.</summary>
    public IEnumerable<(string Name, Type Type, object? Value)> Variables()
    {
        Dictionary<string, (string, Type, object?)> variables = [];
        for (var i = 0; i < _executed.Count; i++)
        {
            if (_state[i + 1] is not { } submission)
                continue;
            var names = _executed[i].ScriptClass!.GetMembers().OfType<IFieldSymbol>().Where(field => field.CanBeReferencedByName)
                .Select(field => field.Name);
            foreach (var field in names.Select(name => submission.GetType()
                .GetField(name, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static)))
            {
                if (field is not null)
                    variables[field.Name] = (field.Name, field.FieldType, field.GetValue(submission));
            }
        }

        return variables.Values;
    }

    public void Dispose() => AssemblyLoadContext.Default.Resolving -= Resolve;

    // Earlier pieces by name; a referenced assembly from its file, and what that one needs from the folder beside it.
    private Assembly? Resolve(AssemblyLoadContext context, AssemblyName name)
    {
        if (name.Name is not { } simple)
            return null;
        if (_assemblies.TryGetValue(simple, out var piece))
            return piece;
        if (_referenced.TryGetValue(simple, out var file))
            return context.LoadFromAssemblyPath(file);
        var beside = _referenced.Values.Where(path => Path.GetDirectoryName(path) != ScriptEnvironment.FrameworkFolder)
            .Select(path => Path.Combine(Path.GetDirectoryName(path)!, simple + ".dll")).FirstOrDefault(File.Exists);
        return beside is null ? null : context.LoadFromAssemblyPath(beside);
    }
}
