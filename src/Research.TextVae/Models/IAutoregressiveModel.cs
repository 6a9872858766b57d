using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>
/// A model that generates one token after another, p(x) = Πₜ p(xₜ | x₍&lt;t₎, …). Models differ in how the state before the first token is
/// built: from nothing, from a latent code or from a source text.
/// </summary>
public interface IAutoregressiveModel
{
    /// <summary>Number of tokens in the vocabulary, the special ones included.</summary>
    int VocabularySize { get; }

    /// <summary>The device the weights are on.</summary>
    Device Device { get; }

    /// <summary>Reads one token of each text and predicts the next.</summary>
    /// <param name="tokens">int64 [batch].</param>
    /// <param name="state">The state before these tokens.</param>
    /// <returns>Logits [batch, vocabulary] and the state after the tokens.</returns>
    (Tensor Logits, DecoderState State) DecodeStep(Tensor tokens, DecoderState state);

    /// <summary>Starts a session that generates from this state on; preparing it costs as much as a few tokens and makes the others
    /// cheaper.</summary>
    /// <param name="state">The state before the first token.</param>
    DecodingSession StartSession(DecoderState state);
}

/// <summary>What a decoder carries from one token to the next; each family has its own.</summary>
public abstract record DecoderState
{
    /// <summary>The state of some of the texts, in the order in which they are named; each may be named any number of times.</summary>
    /// <param name="rows">int64 [rows].</param>
    public abstract DecoderState Select(Tensor rows);

    /// <summary>All tensors of the state.</summary>
    public abstract IEnumerable<Tensor> Tensors { get; }

    /// <summary>Moves the tensors of the last step to the outer dispose scope.</summary>
    public abstract void MoveToOuterDisposeScope();

    /// <summary>Selects for a run that holds no other state, and moves the result to the outer dispose scope.</summary>
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

/// <summary>A decoding run of <see cref="IAutoregressiveModel.DecodeStep"/> and nothing more.</summary>
internal sealed class StepwiseSession(IAutoregressiveModel model, DecoderState state) : DecodingSession
{
    private DecoderState _state = state;
    private bool _own;

    public override Tensor Next(Tensor tokens)
    {
        var (logits, next) = model.DecodeStep(tokens, _state);
        next.MoveToOuterDisposeScope();
        _state = next;
        return logits;
    }

    public override void Select(Tensor rows) => (_state, _own) = (_state.Replace(rows, _own), true);
}
