using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>
/// The writing of some texts side by side, token by token, without gradients: the state between two tokens, and what the model
/// has prepared for many of them. Its tensors belong to the dispose scope it was made in.
/// </summary>
public abstract class DecodingSession
{
    /// <summary>Reads one token of each text and gives the logits of the next.</summary>
    /// <param name="tokens">int64 [batch].</param>
    /// <returns>[batch, vocabulary]; valid until the next call.</returns>
    public abstract Tensor Next(Tensor tokens);

    /// <summary>Goes on with some of the texts, in the order in which they are named; each may be named any number of times.</summary>
    /// <param name="rows">int64 [rows].</param>
    public abstract void Select(Tensor rows);
}
