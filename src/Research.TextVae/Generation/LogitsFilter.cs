using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>Changes the logits of the next token before one is drawn; filters apply in the order given.</summary>
public abstract record LogitsFilter
{
    /// <param name="logits">[batch, vocabulary]; −∞ rules a token out.</param>
    /// <returns>[batch, vocabulary].</returns>
    public abstract Tensor Apply(Tensor logits);
}
