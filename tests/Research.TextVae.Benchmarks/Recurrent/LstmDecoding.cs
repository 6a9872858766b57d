using Research.TextVae.Models;

namespace Research.TextVae.Benchmarks.Recurrent;

/// <summary>Writing with an LSTM language model.</summary>
internal sealed record LstmDecoding(
    string Name, string Title, int Vocabulary, int Embedding, int Hidden, int Layers, int Batch, int Time)
    : TextWriting(Name, Title, Vocabulary, Batch, Time)
{
    public override double Operations =>
        2.0 * Units * (4.0 * Hidden * (Embedding + Hidden + (Layers - 1) * 2.0 * Hidden) + (double)Hidden * Vocabulary);

    public override IReadOnlyList<Peer> Peers => Peer.Of("lstm_decode");

    protected override LanguageModel Model() =>
        new RecurrentLmConfig { EmbeddingSize = Embedding, HiddenSize = Hidden, Layers = Layers, Dropout = 0 }.Build(Vocabulary);
}
