using Research.TextVae.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Models;

/// <summary>
/// Checkpoints hold weights by name and the optimizer's state by the weights' order, so names, shapes and order stay as they are.
/// </summary>
public sealed class ParameterNamesTests
{
    private static readonly TransformerShape _shape = new() { Width = 6, Layers = 1, Heads = 2, FeedForward = 8 };

    private static readonly Dictionary<string, Func<nn.Module>> _models =
        ((IEnumerable<object[]>)ModelFamilies.Names).Select(row => (string)row[0])
            .ToDictionary(family => family, Func<nn.Module> (family) => () => ModelFamilies.Build(family).Model)
            .Concat(new Dictionary<string, Func<nn.Module>>
            {
                ["recurrent-lm, tied at one width"] = () =>
                    new RecurrentLmConfig { EmbeddingSize = 5, HiddenSize = 5, TieOutput = true }.Build(8),
                ["recurrent-lm of GRUs, tied"] = () => new RecurrentLmConfig
                {
                    Cell = RecurrentCell.Gru,
                    EmbeddingSize = 4,
                    HiddenSize = 5,
                    TieOutput = true,
                }.Build(8),
                ["lstm-vae, shared and tied"] = () => new LstmVaeConfig
                {
                    EmbeddingSize = 5,
                    HiddenSize = 5,
                    LatentSize = 3,
                    ShareEmbeddings = true,
                    TieOutput = true,
                    LatentInInitialState = false,
                    LatentAtEveryStep = false,
                    LatentAtOutput = true,
                }.Build(8),
                ["transformer-vae, shared and untied"] = () => new TransformerVaeConfig
                {
                    Shape = _shape,
                    LatentSize = 3,
                    MemoryTokens = 0,
                    ShareEmbeddings = true,
                    TieOutput = false,
                }.Build(8),
                ["transformer-seq2seq of two vocabularies"] = () =>
                    new TransformerSeq2SeqConfig { Shape = _shape, SourceVocabulary = 9, TieOutput = false }.Build(8),
            })
            .ToDictionary();

    public static TheoryData<string> Models => [.. _models.Keys];

    [Theory]
    [MemberData(nameof(Models))]
    public void Names_shapes_and_order_of_the_weights_are_those_in_checkpoints(string name)
    {
        using var model = _models[name]();

        var lines = model.named_parameters().Select(entry => $"{entry.name} [{string.Join(", ", entry.parameter.shape)}]");

        Assert.Equal(Expected(name), lines);
    }

    private static string[] Expected(string name)
    {
        var file = Path.Combine(AppContext.BaseDirectory, "Models", "parameters.txt");
        return File.ReadAllLines(file).SkipWhile(line => line != $"# {name}").Skip(1).TakeWhile(line => line.Length > 0).ToArray();
    }
}
