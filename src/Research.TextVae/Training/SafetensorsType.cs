using TorchSharp;

namespace Research.TextVae.Training;

/// <summary>An element type of the safetensors format and its tensor type.</summary>
internal sealed record SafetensorsType(string Name, torch.ScalarType Scalar, int Bytes)
{
    private static readonly SafetensorsType[] All =
    [
        new("F64", torch.ScalarType.Float64, 8),
        new("I64", torch.ScalarType.Int64, 8),
        new("F32", torch.ScalarType.Float32, 4),
        new("I32", torch.ScalarType.Int32, 4),
        new("F16", torch.ScalarType.Float16, 2),
        new("BF16", torch.ScalarType.BFloat16, 2),
        new("I16", torch.ScalarType.Int16, 2),
        new("I8", torch.ScalarType.Int8, 1),
        new("U8", torch.ScalarType.Byte, 1),
        new("BOOL", torch.ScalarType.Bool, 1),
    ];

    public static SafetensorsType? Find(string? name) => All.FirstOrDefault(type => type.Name == name);

    public static SafetensorsType From(string tensor, torch.ScalarType scalar) =>
        All.FirstOrDefault(type => type.Scalar == scalar)
        ?? throw new ArgumentException($"{tensor} has element type {scalar}, which safetensors cannot store.");
}
