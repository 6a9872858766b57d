using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>Where a Transformer looks in a text while it reads it: the attention weights of every layer and head (Vaswani et al. 2017,
/// section 3.2).</summary>
/// <param name="Tokens">Token ids of the text, <c>&lt;s&gt;</c> first.</param>
/// <param name="Memory">Vectors made of z that can be attended to before the text; their weights come first.</param>
/// <param name="Weights">The weights, [layer][head][token][memory + token], from the lowest layer; each last row sums to 1.</param>
public sealed record TextAttention(
    IReadOnlyList<int> Tokens, int Memory, IReadOnlyList<IReadOnlyList<IReadOnlyList<IReadOnlyList<double>>>> Weights)
{
    /// <summary>Evaluates a language model, dropout off.</summary>
    /// <param name="model">The model; its training mode is restored.</param>
    /// <param name="text">Token ids, without <c>&lt;s&gt;</c>; there may be none.</param>
    /// <exception cref="UserException">The text is longer than the positions the model has learned.</exception>
    public static TextAttention Evaluate(TransformerLm model, IReadOnlyList<int> text)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(text);
        return Of(model, text, maps =>
            model.Logits(tensor(Inputs(text).Select(id => (long)id).ToArray(), device: model.Device).unsqueeze(0), maps));
    }

    /// <summary>Evaluates the decoder of a VAE, dropout off.</summary>
    /// <param name="model">The model; its training mode is restored.</param>
    /// <param name="text">Token ids, without <c>&lt;s&gt;</c>; at least one.</param>
    /// <param name="z">What it is decoded from; [1, latent].</param>
    public static TextAttention Evaluate(TransformerVae model, IReadOnlyList<int> text, Tensor z)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(text);
        return Of(model, text, maps => model.NegativeLogLikelihood(TextBatch.From([[.. text]], model.Device), z, maps));
    }

    private static int[] Inputs(IReadOnlyList<int> text) => [Vocabulary.BosId, .. text];

    private static TextAttention Of(nn.Module model, IReadOnlyList<int> text, Action<AttentionMaps> read)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var mode = new EvaluationMode(model);
        var maps = new AttentionMaps();
        read(maps);
        var (queries, keys) = ((int)maps.Self[0].shape[2], (int)maps.Self[0].shape[3]);
        // [1, heads, token, memory + token] a layer
        return new TextAttention(Inputs(text), keys - queries,
        [
            .. maps.Self.Select(layer => layer.cpu().to_type(ScalarType.Float64).contiguous().data<double>().ToArray().Chunk(keys)
                .Chunk(queries).ToArray()),
        ]);
    }
}
