using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>One vector a place in the text, added to the embedding of the token that stands there.</summary>
internal abstract class PositionEncoding(string name) : nn.Module(name)
{
    public static PositionEncoding Create(TransformerShape shape) => shape.Positions == PositionKind.Learned
        ? new LearnedPositions(shape.MaxPositions, shape.Width)
        : new SinusoidalPositions(shape.Width);

    /// <param name="first">The first place, from 0.</param>
    /// <param name="count">Places.</param>
    /// <param name="like">A tensor of the type and on the device that is wanted.</param>
    /// <returns>[count, width].</returns>
    /// <exception cref="UserException">The model knows fewer places.</exception>
    public abstract Tensor At(long first, long count, Tensor like);
}
