using System.Text.Json.Serialization;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>What a recurrent network is made of.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RecurrentCell>))]
public enum RecurrentCell
{
    /// <summary>Long short-term memory (Hochreiter and Schmidhuber 1997).</summary>
    Lstm,

    /// <summary>Gated recurrent unit (Cho et al. 2014).</summary>
    Gru,
}

/// <summary>State of a recurrent network between two tokens.</summary>
/// <param name="Hidden">[layers, batch, hidden].</param>
/// <param name="Cell">[layers, batch, hidden]; a GRU has none.</param>
/// <param name="Code">The latent codes that the texts are written from, where there are any; [batch, latent].</param>
public sealed record RecurrentState(Tensor Hidden, Tensor? Cell, Tensor? Code = null) : DecoderState
{
    /// <summary>Tokens read so far.</summary>
    internal long Tokens { get; init; }

    /// <summary>The same values without the way they came about.</summary>
    public RecurrentState Detached() => this with { Hidden = Hidden.detach(), Cell = Cell?.detach() };

    /// <inheritdoc/>
    public override DecoderState Select(Tensor rows) =>
        this with { Hidden = Hidden.index_select(1, rows), Cell = Cell?.index_select(1, rows), Code = Code?.index_select(0, rows) };

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => new[] { Hidden, Cell, Code }.OfType<Tensor>();

    /// <inheritdoc/>
    public override void MoveToOuterDisposeScope()
    {
        Hidden.MoveToOuterDisposeScope();
        Cell?.MoveToOuterDisposeScope();
    }
}
