using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>Texts as a generator writes them for a discriminator: shares of words in place of words.</summary>
/// <param name="Words">[batch, time, vocabulary]; each place sums to 1.</param>
/// <param name="Mask">1 up to and including <c>&lt;/s&gt;</c>, 0 after it; [batch, time], without gradient.</param>
public sealed record RelaxedText(Tensor Words, Tensor Mask);
