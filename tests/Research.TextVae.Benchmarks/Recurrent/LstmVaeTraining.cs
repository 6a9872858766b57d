using Research.TextVae.Models;
using Research.TextVae.Text;
using static TorchSharp.torch;

namespace Research.TextVae.Benchmarks.Recurrent;

/// <summary>The training of an LSTM VAE.</summary>
internal sealed record LstmVaeTraining(
    string Name, string Title, int Vocabulary, int Embedding, int Hidden, int Latent, int Batch, int Time)
    : TextTraining(Name, Title, Vocabulary, Batch, Time)
{
    // Three products (forward, and the gradients of input and weight) for both LSTMs and the output layer; the rest is below one per cent.
    public override double Operations =>
        3.0 * 2 * Units * (4.0 * Hidden * (Embedding + Hidden) + 4.0 * Hidden * (Embedding + Latent + Hidden)
            + (double)Hidden * Vocabulary);

    public override IReadOnlyList<Peer> Peers => Peer.Of("lstm_vae");

    protected override nn.Module Model(double dropout) =>
        new LstmVaeConfig { EmbeddingSize = Embedding, HiddenSize = Hidden, LatentSize = Latent, Dropout = dropout }.Build(Vocabulary);

    protected override Dictionary<string, Tensor> Draws() => new() { ["noise"] = randn(Batches, Batch, Latent) };

    protected override Tensor Loss(nn.Module model, TextBatch batch, Func<string, Tensor> draws)
    {
        var terms = ((TextVaeModel)model).Elbo(batch, draws("noise"));
        return (terms.Reconstruction.Total + terms.Kl.sum()) / batch.Size;
    }
}
