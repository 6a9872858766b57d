using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>State of an LSTM decoder between two tokens.</summary>
/// <param name="Hidden">[1, batch, hidden].</param>
/// <param name="Cell">[1, batch, hidden].</param>
/// <param name="Z">The latent codes; [batch, latent].</param>
internal sealed record LstmDecoderState(Tensor Hidden, Tensor Cell, Tensor Z) : DecoderState
{
    internal override void MoveToOuterDisposeScope()
    {
        Hidden.MoveToOuterDisposeScope();
        Cell.MoveToOuterDisposeScope();
    }
}
