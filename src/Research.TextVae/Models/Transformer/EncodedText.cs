using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>A text as its encoder leaves it for a decoder to look at.</summary>
/// <param name="States">[batch, source, width].</param>
/// <param name="Lengths">Tokens that are not padding; int64 [batch].</param>
public sealed record EncodedText(Tensor States, Tensor Lengths);
