// Runs a notebook by the rules of .NET Interactive's C# kernel, with nothing of ours but the library that the notebook itself refers to:
// Roslyn's scripting, a submission a cell. What a cell's last expression gives, and what it passes to `display`, is written in the formats
// that the value's type declares by the TypeFormatterSource convention.
//
//   dotnet fsi -r:…/Microsoft.CodeAnalysis.….dll (four) dotnet_interactive.fsx NOTEBOOK EXECUTED-COPY
open System
open System.Collections
open System.Collections.Immutable
open System.IO
open System.Linq
open System.Reflection
open System.Text.Json.Nodes
open System.Threading.Tasks
open Microsoft.CodeAnalysis
open Microsoft.CodeAnalysis.CSharp
open Microsoft.CodeAnalysis.CSharp.Scripting
open Microsoft.CodeAnalysis.Scripting

let notebookPath, copyPath = Path.GetFullPath fsi.CommandLineArgs[1], Path.GetFullPath fsi.CommandLineArgs[2]
let folder = Path.GetDirectoryName notebookPath
Environment.CurrentDirectory <- folder

/// .NET Interactive's name for showing a value, in an assembly of its own.
let kernel =
    let source =
        "namespace Microsoft.DotNet.Interactive { public static class Kernel { public static System.Action<object> Shown;
         public static object display(object value, params string[] mimeTypes) { Shown(value); return null; } } }"
    let path = Path.Combine(Path.GetDirectoryName copyPath, "Microsoft.DotNet.Interactive.dll")
    let platform =
        (string (AppContext.GetData "TRUSTED_PLATFORM_ASSEMBLIES")).Split ':'
        |> Array.map (fun file -> MetadataReference.CreateFromFile file :> MetadataReference)
    let library = CSharpCompilationOptions OutputKind.DynamicallyLinkedLibrary
    let compilation =
        CSharpCompilation.Create("Microsoft.DotNet.Interactive", [ CSharpSyntaxTree.ParseText source ], platform, library)
    if not (compilation.Emit path).Success then failwith "the stand-in for display does not compile"
    Assembly.LoadFrom path

let get name (instance: obj) =
    match instance.GetType().GetProperty(name: string) with
    | null -> null
    | property -> property.GetValue instance

/// The value in every format that its type prefers.
let formats (value: obj) =
    let data = JsonObject()
    let isSource attribute = attribute.GetType().Name = "TypeFormatterSourceAttribute"
    for attribute in value.GetType().GetCustomAttributes true |> Array.filter isSource do
        let source = get "FormatterSourceType" attribute :?> Type
        let formatters = source.GetMethod("CreateTypeFormatters").Invoke(Activator.CreateInstance(source, true), null) :?> IEnumerable
        for formatter in formatters do
            let mimeType = get "MimeType" formatter :?> string
            use writer = new StringWriter()
            let format = formatter.GetType().GetMethod("Format", [| typeof<obj>; typeof<TextWriter> |])
            if format.Invoke(formatter, [| value; writer |]) :?> bool then
                let text = writer.ToString()
                data[mimeType] <- if mimeType.EndsWith "json" then JsonNode.Parse text else JsonValue.Create text
    if data.Count = 0 then data["text/plain"] <- JsonValue.Create(string value)
    data

let options =
    ScriptOptions.Default
        .WithLanguageVersion(LanguageVersion.CSharp13)
        .AddImports("System", "System.IO", "System.Text", "System.Collections", "System.Collections.Generic", "System.Threading.Tasks")
        .AddImports("System.Linq", "Microsoft.DotNet.Interactive", "Microsoft.DotNet.Interactive.Kernel")
        .AddReferences(typeof<Enumerable>.Assembly, typeof<System.Collections.Generic.IEnumerable<int>>.Assembly)
        .AddReferences(typeof<Task<int>>.Assembly, kernel)
        .WithSourceResolver(SourceFileResolver(ImmutableArray<string>.Empty, folder))
        .WithMetadataResolver(ScriptMetadataResolver.Default.WithBaseDirectory folder)

let notebook = JsonNode.Parse(File.ReadAllText notebookPath)
let mutable state: ScriptState<obj> = null
let mutable count = 0

for cell in notebook["cells"].AsArray() do
    if string cell["cell_type"] = "code" then
        count <- count + 1
        let code = match cell["source"] with :? JsonArray as lines -> String.Concat(lines |> Seq.map string) | source -> string source
        let outputs = JsonArray()
        let printed = new StringWriter()
        let flush () =
            if printed.ToString() <> "" then
                let output = JsonObject()
                output["output_type"] <- JsonValue.Create "stream"
                output["name"] <- JsonValue.Create "stdout"
                output["text"] <- JsonValue.Create(printed.ToString())
                outputs.Add output
                printed.GetStringBuilder().Clear() |> ignore
        let show (value: obj) =
            flush ()
            let output = JsonObject()
            output["output_type"] <- JsonValue.Create "display_data"
            output["metadata"] <- JsonObject()
            output["data"] <- formats value
            outputs.Add output
        kernel.GetType("Microsoft.DotNet.Interactive.Kernel").GetField("Shown").SetValue(null, Action<obj> show)
        let console = Console.Out
        Console.SetOut printed
        state <- (if isNull state then CSharpScript.RunAsync<obj>(code, options) else state.ContinueWithAsync<obj> code).Result
        if not (isNull state.ReturnValue) then show state.ReturnValue
        flush ()
        Console.SetOut console
        cell["outputs"] <- outputs
        cell["execution_count"] <- JsonValue.Create count

File.WriteAllText(copyPath, notebook.ToJsonString())
