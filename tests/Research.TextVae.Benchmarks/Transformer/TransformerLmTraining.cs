using Research.TextVae.Models;
using Research.TextVae.Text;
using static TorchSharp.torch;

namespace Research.TextVae.Benchmarks.Transformer;

/// <summary>The training of a Transformer language model.</summary>
internal sealed record TransformerLmTraining(
    string Name, string Title, int Vocabulary, int Width, int Layers, int Heads, int Inner, int Batch, int Time)
    : TextTraining(Name, Title, Vocabulary, Batch, Time)
{
    // Three products (forward, and the gradients of input and weight): of each layer the four projections of attention, the two
    // of the feed-forward network, queries by keys and weights by values over half of the places; and the output.
    public override double Operations =>
        3.0 * 2 * Units * (Layers * (4.0 * Width * Width + 2.0 * Width * Inner + (double)Width * Time) + (double)Width * Vocabulary);

    public override IReadOnlyList<Peer> Peers => Peer.Of("transformer_lm");

    protected override nn.Module Model(double dropout) => new TransformerLmConfig
    {
        Shape = new TransformerShape { Width = Width, Layers = Layers, Heads = Heads, FeedForward = Inner, Dropout = dropout },
    }.Build(Vocabulary);

    protected override Tensor Loss(nn.Module model, TextBatch batch, Func<string, Tensor> draws) =>
        ((LanguageModel)model).NegativeLogLikelihood(batch).Total / batch.Size;
}
