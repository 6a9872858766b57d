using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>
/// Changes the logits of the next token before one is taken; filters apply in the order given. Those that rule tokens out for what
/// is already written stand best before those that keep a share of what is left.
/// </summary>
public abstract record LogitsProcessor
{
    /// <param name="logits">[batch, vocabulary]; −∞ rules a token out. They are not changed.</param>
    /// <param name="written">The tokens of each text so far, without <c>&lt;s&gt;</c>; [batch][tokens]. Most filters do not look at them.</param>
    /// <returns>[batch, vocabulary].</returns>
    public abstract Tensor Apply(Tensor logits, IReadOnlyList<IReadOnlyList<int>> written);

    /// <summary>Rules some tokens out.</summary>
    /// <param name="logits">[batch, vocabulary].</param>
    /// <param name="tokens">Of which text which token; tokens outside the vocabulary do not count.</param>
    protected static Tensor Mask(Tensor logits, IEnumerable<(int Row, int Token)> tokens) =>
        Change(logits, tokens, old => full_like(old, double.NegativeInfinity));

    /// <summary>Changes the logits of some tokens.</summary>
    /// <param name="logits">[batch, vocabulary].</param>
    /// <param name="tokens">Of which text which token; one named twice is changed once.</param>
    /// <param name="change">From the logits of the tokens named to new ones; [tokens].</param>
    protected static Tensor Change(Tensor logits, IEnumerable<(int Row, int Token)> tokens, Func<Tensor, Tensor> change)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(change);
        var vocabulary = logits.shape[1];
        var places = tokens.Where(place => place.Token < vocabulary).Select(place => place.Row * vocabulary + place.Token).ToArray();
        if (places.Length == 0)
            return logits;
        var index = torch.tensor(places, device: logits.device);
        var changed = logits.flatten().clone(); // [batch · vocabulary]
        return changed.scatter_(0, index, change(changed.index_select(0, index))).view(logits.shape);
    }
}
