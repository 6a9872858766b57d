using System.Text.RegularExpressions;

namespace Research.TextVae.Benchmarks;

/// <summary>A part of the work, known by the functions that do it.</summary>
/// <param name="Name">As a table says it.</param>
/// <param name="Library">What the file is called that the function is in.</param>
/// <param name="Function">The function, where the file does not say enough.</param>
internal sealed record ProfilePart(string Name, string Library, string Function = "")
{
    /// <summary>What no other part claims.</summary>
    public const string Rest = "rest";

    /// <summary>The first that fits a function counts.</summary>
    public static IReadOnlyList<ProfilePart> All { get; } =
    [
        new("products", "textvae_kernels", "products::(kernel|row_block|run)"),
        new("products", "libopenblas|mkldnn|dnnl"),
        new("packing, copies", "textvae_kernels", "pack|transpose|pair_row|gemm|product"),
        new("packing, copies", "libc[.]so", "mem(move|cpy|set)"),
        new("softmax, sampling", "textvae_kernels", "Loss|exponentiate|ampl|softmax"),
        new("optimizer", "textvae_kernels", "adam|update_|clip_grad"),
        new("gates, attention", "textvae_kernels", "lstm|activate|[Aa]ttention|attend|Step::run|transformer_step|Reader"),
        new("element-wise", "textvae_kernels", "Gelu|gelu|ropout|masked|table_gradient|mbedding"),
        new("element-wise", "libtorch_cpu"),
        new("waiting", "libgomp"),
        new("system", "kernel"),
        new("managed", @"doublemapper|\.dll|libcoreclr|perf-\d+\.map|JIT|anon"),
        new("compiler", "libclrjit"), // .NET's, beside the first seconds of a process
    ];

    /// <summary>The names in order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(part => part.Name).Distinct(), Rest];

    /// <summary>The part that a function of a file belongs to.</summary>
    public static string Of(string library, string function) => All.FirstOrDefault(part => part.Fits(library, function))?.Name ?? Rest;

    private bool Fits(string library, string function) =>
        Regex.IsMatch(library, Library) && (Function.Length == 0 || Regex.IsMatch(function, Function));
}
