using Research.TextVae.Models.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>Tokens and their places as vectors: √width · embedding + position, with dropout (Vaswani et al. 2017, section 3.4).</summary>
internal sealed class TokenEmbedding : nn.Module<Tensor, long, Tensor>
{
    private readonly EmbeddingLayer tokens;
    private readonly PositionEncoding positions;
    private readonly DropoutLayer dropout;
    private readonly double _scale;

    public TokenEmbedding(TransformerShape shape, int vocabulary)
        : base(nameof(TokenEmbedding))
    {
        _scale = Math.Sqrt(shape.Width);
        tokens = new EmbeddingLayer(vocabulary, shape.Width);
        positions = PositionEncoding.Create(shape);
        dropout = new DropoutLayer(shape.Dropout);
        // Variance 1 after scaling, and logits of variance about 1 where the table is the output projection too.
        nn.init.normal_(tokens.Weight, 0, 1 / _scale);
        RegisterComponents();
        this.KeepTensors();
    }

    /// <summary>The table of tokens; [vocabulary, width].</summary>
    public EmbeddingLayer Table => tokens;

    /// <param name="ids">int64 [batch, time].</param>
    /// <param name="first">The place of the first of them.</param>
    /// <returns>[batch, time, width].</returns>
    public override Tensor forward(Tensor ids, long first) =>
        dropout.call(tokens.call(ids) * _scale + positions.At(first, ids.shape[1], tokens.Weight));
}
