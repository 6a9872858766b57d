using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Generation;

/// <summary>A small model of each family, with what it writes eight texts from.</summary>
/// <param name="Model">The model, dropout off.</param>
/// <param name="Start">The start of the first texts.</param>
/// <param name="Nll">−log p of sentences as the text of a place, by teacher forcing.</param>
internal sealed record Writer(IAutoregressiveModel Model, Func<int, Prompt> Start, Func<int, TextBatch, Tensor> Nll) : IDisposable
{
    public const int Texts = 8;

    private static readonly TransformerShape Shape = new() { Width = 8, Layers = 2, Heads = 2, FeedForward = 12, Dropout = 0 };

    public static TheoryData<string> Families { get; } =
        ["LSTM VAE", "LSTM", "GRU", "Transformer", "Transformer VAE", "Transformer from a source"];

    public static Writer Of(string family, int vocabulary = 7)
    {
        manual_seed(21);
        return family switch
        {
            "LSTM VAE" =>
                Of(new LstmVaeConfig { EmbeddingSize = 8, HiddenSize = 12, LatentSize = 3, LatentAtOutput = true }.Build(vocabulary)),
            "LSTM" => Of(new RecurrentLmConfig { EmbeddingSize = 8, HiddenSize = 12, Layers = 2, TieOutput = true }.Build(vocabulary)),
            "GRU" => Of(new RecurrentLmConfig { Cell = RecurrentCell.Gru, EmbeddingSize = 8, HiddenSize = 12 }.Build(vocabulary)),
            "Transformer" => Of(new TransformerLmConfig { Shape = Shape }.Build(vocabulary)),
            "Transformer VAE" => Of(new TransformerVaeConfig { Shape = Shape, LatentSize = 3 }.Build(vocabulary)),
            _ => Of(new TransformerSeq2SeqConfig { Shape = Shape }.Build(vocabulary)),
        };
    }

    public void Dispose() => ((nn.Module)Model).Dispose();

    private static Writer Of(LanguageModel model) => new(
        Pronounced(model), count => Prompt.From(model, count), (_, batch) => model.NegativeLogLikelihood(batch).PerToken.sum(1));

    private static Writer Of(TextVaeModel model)
    {
        var z = StandardNormal.Sample(Texts, model.LatentSize, 1);
        return new(
            Pronounced(model),
            count => Prompt.From(model, z[..count]),
            (text, batch) => model.NegativeLogLikelihood(batch, z.narrow(0, text, 1).expand(batch.Size, -1)).PerToken.sum(1));
    }

    private static Writer Of(TransformerSeq2Seq model)
    {
        var sources = randint(3, model.VocabularySize, [Texts, 5]);
        var lengths = tensor([5L, 3, 1, 4, 2, 5, 5, 3]);
        return new(
            Pronounced(model),
            count => Prompt.From(model, sources[..count], lengths[..count]),
            (text, batch) => model.NegativeLogLikelihood(new TextPairBatch(
                sources.narrow(0, text, 1).expand(batch.Size, -1), lengths.narrow(0, text, 1).expand(batch.Size), batch)).PerToken.sum(1));
    }

    // New weights give all tokens nearly the same probability; the end is made likely enough for texts of different lengths.
    private static T Pronounced<T>(T model)
        where T : nn.Module, IAutoregressiveModel
    {
        using var _ = no_grad();
        foreach (var (_, weight) in model.named_parameters())
            weight.mul_(weight.dim() == 1 ? 1 : 2.5);
        model.named_parameters()
            .Last(entry => entry.name.EndsWith("bias", StringComparison.Ordinal) && entry.parameter.shape[0] == model.VocabularySize)
            .parameter.narrow(0, Research.TextVae.Tokenizers.Vocabulary.EosId, 1).add_(1);
        model.eval();
        return model;
    }
}
