using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>What a decoder carries from one token to the next; each family has its own.</summary>
public abstract record DecoderState
{
    /// <summary>The state of some of the texts, in the order in which they are named; each may be named any number of times.</summary>
    /// <param name="rows">int64 [rows].</param>
    public abstract DecoderState Select(Tensor rows);

    /// <summary>All tensors of the state.</summary>
    internal abstract IEnumerable<Tensor> Tensors { get; }

    /// <summary>Keeps what the last step has made alive past the current dispose scope.</summary>
    internal abstract void MoveToOuterDisposeScope();

    /// <summary>Selects for a run that holds no other state, and keeps what comes out past the current dispose scope.</summary>
    /// <param name="rows">int64 [rows].</param>
    /// <param name="own">Whether the run has made this state by selecting before, so that its tensors can be disposed of.</param>
    internal DecoderState Replace(Tensor rows, bool own)
    {
        var selected = Select(rows);
        foreach (var tensor in selected.Tensors)
            tensor.MoveToOuterDisposeScope();
        foreach (var tensor in own ? Tensors : [])
            tensor.Dispose();
        return selected;
    }
}
