using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>State of a recurrent network between two tokens.</summary>
/// <param name="Hidden">[layers, batch, hidden].</param>
/// <param name="Cell">[layers, batch, hidden]; a GRU has none.</param>
internal sealed record RecurrentState(Tensor Hidden, Tensor? Cell) : DecoderState
{
    /// <summary>The same values without the way they came about.</summary>
    public RecurrentState Detached() => new(Hidden.detach(), Cell?.detach());

    /// <inheritdoc/>
    public override DecoderState Select(Tensor rows) => new RecurrentState(Hidden.index_select(1, rows), Cell?.index_select(1, rows));

    internal override IEnumerable<Tensor> Tensors => Cell is null ? [Hidden] : [Hidden, Cell];

    internal override void MoveToOuterDisposeScope()
    {
        Hidden.MoveToOuterDisposeScope();
        Cell?.MoveToOuterDisposeScope();
    }
}
