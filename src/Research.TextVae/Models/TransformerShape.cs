using System.Text.Json.Serialization;
using Research.TextVae.Support;

namespace Research.TextVae.Models;

/// <summary>Sizes and regularisation of a stack of Transformer blocks, whatever it is part of.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TransformerShape
{
    /// <summary>Width of the embeddings and of what passes from block to block.</summary>
    public int Width { get; init => field = Require.AtLeast(1, value); } = 256;

    /// <summary>Blocks, one above the other.</summary>
    public int Layers { get; init => field = Require.AtLeast(1, value); } = 4;

    /// <summary>Attention heads; they share the width equally.</summary>
    public int Heads { get; init => field = Require.AtLeast(1, value); } = 4;

    /// <summary>Inner width of the feed-forward network; four times the width when 0.</summary>
    public int FeedForward { get; init => field = Require.AtLeast(0, value); }

    /// <summary>Share of embeddings, attention weights and outputs of each sublayer that dropout zeroes in training.</summary>
    public double Dropout { get; init => field = Require.Within(0, 0.99, value); } = 0.1;

    /// <summary>How places are told apart.</summary>
    public PositionKind Positions { get; init; }

    /// <summary>Places a model with learned positions knows: the most tokens a text may have, its end included.</summary>
    public int MaxPositions { get; init => field = Require.AtLeast(1, value); } = 512;

    internal int HeadWidth => Width / Heads;

    internal int InnerWidth => FeedForward == 0 ? 4 * Width : FeedForward;

    /// <summary>The shape, once it is known to fit together.</summary>
    /// <exception cref="UserException">The heads do not divide the width.</exception>
    internal TransformerShape Checked() => Width % Heads == 0
        ? this
        : throw new UserException($"Width is {Width} and Heads is {Heads}; choose a number of heads that divides the width.");
}
