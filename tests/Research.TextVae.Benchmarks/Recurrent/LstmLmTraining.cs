using Research.TextVae.Models;
using Research.TextVae.Text;
using static TorchSharp.torch;

namespace Research.TextVae.Benchmarks.Recurrent;

/// <summary>The training of an LSTM language model.</summary>
internal sealed record LstmLmTraining(
    string Name, string Title, int Vocabulary, int Embedding, int Hidden, int Layers, int Batch, int Time)
    : TextTraining(Name, Title, Vocabulary, Batch, Time)
{
    // Three products (forward, and the gradients of input and weight) for each layer and the output.
    public override double Operations =>
        3.0 * 2 * Units * (4.0 * Hidden * (Embedding + Hidden + (Layers - 1) * 2.0 * Hidden) + (double)Hidden * Vocabulary);

    public override IReadOnlyList<Peer> Peers => Peer.Of("lstm_lm");

    protected override nn.Module Model(double dropout) =>
        new RecurrentLmConfig { EmbeddingSize = Embedding, HiddenSize = Hidden, Layers = Layers, Dropout = dropout }.Build(Vocabulary);

    protected override Tensor Loss(nn.Module model, TextBatch batch, Func<string, Tensor> draws) =>
        ((LanguageModel)model).NegativeLogLikelihood(batch).Total / batch.Size;
}
