namespace Research.TextVae.Training;

/// <summary>A tensor in a safetensors file: type, shape, and the bytes [begin, end) of the data section it takes.</summary>
internal sealed record SafetensorsEntry(string Name, SafetensorsType Type, long[] Shape, long Begin, long End);
