using Research.TextVae.Models.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>
/// The part of a Transformer that writes, whatever it writes from: all tokens at once with the true ones as history, or step by step. Its
/// modules are the model's, which names them.
/// </summary>
/// <param name="embedding">Tokens to vectors.</param>
/// <param name="blocks">The blocks.</param>
/// <param name="output">States to logits.</param>
internal sealed class TransformerDecoder(TokenEmbedding embedding, TransformerStack blocks, OutputLayer output)
{
    /// <summary>The states from which each next token is predicted.</summary>
    /// <param name="tokens">The history; int64 [batch, time].</param>
    /// <param name="code">What is added to every input; [batch, width].</param>
    /// <param name="memory">Further keys and values of each layer; [batch, tokens, width].</param>
    /// <param name="source">The encoded text.</param>
    /// <param name="maps">Takes the attention weights.</param>
    /// <returns>[batch, time, width].</returns>
    public Tensor Forward(
        Tensor tokens, Tensor? code = null, IReadOnlyList<Tensor>? memory = null, EncodedText? source = null, AttentionMaps? maps = null)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var x = embedding.call(tokens, 0); // [batch, time, width]
        return blocks.call(code is null ? x : x + code.unsqueeze(1), new AttentionMask(Causal: true), memory, source, maps);
    }

    /// <summary>Reads one token of each text and predicts the next.</summary>
    /// <param name="tokens">int64 [batch].</param>
    /// <param name="state">The state before it.</param>
    /// <returns>Logits [batch, vocabulary] and the state after it.</returns>
    public (Tensor Logits, DecoderState State) Step(Tensor tokens, DecoderState state)
    {
        var before = (TransformerState)state;
        var (states, after) = blocks.Next(Embed(tokens, before), before);
        return (output.call(states), after);
    }

    /// <summary>A run by the native kernels where there are any, and otherwise of single steps.</summary>
    /// <param name="model">The model that this is part of.</param>
    /// <param name="state">The state before the first token.</param>
    public DecodingSession StartSession(IAutoregressiveModel model, DecoderState state) => Kernels.PackedMatrix.Serves(output.Weight)
        ? new TransformerSession(Embed, blocks.PrepareStep(output.Precision), output, (TransformerState)state)
        : new StepwiseSession(model, state);

    // The next token of each text and what the state adds to it; [batch, width].
    private Tensor Embed(Tensor tokens, TransformerState state)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var x = embedding.call(tokens.unsqueeze(1), state.Tokens).squeeze(1);
        return state.Code is null ? x : x + state.Code;
    }
}
