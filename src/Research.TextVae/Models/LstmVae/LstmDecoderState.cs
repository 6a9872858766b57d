using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>State of an LSTM decoder between two tokens.</summary>
/// <param name="Hidden">[1, batch, hidden].</param>
/// <param name="Cell">[1, batch, hidden].</param>
/// <param name="Z">The latent codes; [batch, latent].</param>
internal sealed record LstmDecoderState(Tensor Hidden, Tensor Cell, Tensor Z) : DecoderState
{
    /// <inheritdoc/>
    public override DecoderState Select(Tensor rows) =>
        new LstmDecoderState(Hidden.index_select(1, rows), Cell.index_select(1, rows), Z.index_select(0, rows));

    internal override IEnumerable<Tensor> Tensors => [Hidden, Cell, Z];

    internal override void MoveToOuterDisposeScope()
    {
        Hidden.MoveToOuterDisposeScope();
        Cell.MoveToOuterDisposeScope();
    }
}
