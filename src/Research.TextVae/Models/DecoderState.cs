using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>What a decoder carries from one token to the next; each family has its own.</summary>
public abstract record DecoderState
{
    /// <summary>Keeps the state's tensors alive past the current dispose scope.</summary>
    internal abstract void MoveToOuterDisposeScope();
}
