using Research.TextVae.Models;

namespace Research.TextVae.Benchmarks.Transformer;

/// <summary>Writing with a Transformer language model and its cache of keys and values.</summary>
internal sealed record TransformerDecoding(
    string Name, string Title, int Vocabulary, int Width, int Layers, int Heads, int Inner, int Batch, int Time)
    : TextWriting(Name, Title, Vocabulary, Batch, Time)
{
    public override double Operations =>
        2.0 * Units * (Layers * (4.0 * Width * Width + 2.0 * Width * Inner + (double)Width * Time) + (double)Width * Vocabulary);

    public override IReadOnlyList<Peer> Peers => Peer.Of("transformer_decode");

    protected override LanguageModel Model() => new TransformerLmConfig
    {
        Shape = new TransformerShape { Width = Width, Layers = Layers, Heads = Heads, FeedForward = Inner, Dropout = 0 },
    }.Build(Vocabulary);
}
