using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Research.TextVae.Notebooks.Tests;

/// <summary>Assemblies that tests compile for code to refer to.</summary>
internal static class TestAssembly
{
    public static void Write(string path, string code)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var compilation = CSharpCompilation.Create(
            Path.GetFileNameWithoutExtension(path),
            [CSharpSyntaxTree.ParseText(code)],
            [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, deterministic: true));
        File.Delete(path); // not written in place: the assembly may be loaded
        Assert.True(compilation.Emit(path).Success);
    }
}
