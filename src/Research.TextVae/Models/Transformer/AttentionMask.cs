using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>Who may look where in attention.</summary>
/// <param name="Causal">
/// A place looks at itself and what came before it. With more keys than queries the queries are the last places:
/// query i sees the keys up to i + (keys − queries).
/// </param>
/// <param name="KeyLengths">Keys of each text that are not padding, at least one; int64 [batch].</param>
internal sealed record AttentionMask(bool Causal, Tensor? KeyLengths = null);
