using Research.TextVae.Models;

namespace Research.TextVae.Tests.Models;

public sealed class UnigramModelTests
{
    // Tokens 2 and 3; the others cannot be in a document.
    private static readonly int[][] Documents = [[2, 2, 3], [2]];

    [Fact]
    public void Counts_words_and_documents()
    {
        var model = UnigramModel.Train(Documents, vocabulary: 4, first: 2);

        Assert.Equal(Math.Log(4.0 / 6), model.LogFrequencies[2], 1e-12);
        Assert.Equal(Math.Log(2.0 / 6), model.LogFrequencies[3], 1e-12);
        Assert.Equal([0.5 / 3, 0.5 / 3, 2.5 / 3, 1.5 / 3], model.Presence);
        Assert.Equal(Math.Pow(4.0 / 6 * (4.0 / 6) * (4.0 / 6) * (2.0 / 6), -0.25), model.Perplexity(Documents), 1e-9);
        var absent = -2 * Math.Log(2.5 / 3);
        Assert.Equal((absent - Math.Log(2.5 / 3) - Math.Log(0.5)) / 4, model.PresenceCrossEntropy(Documents), 1e-9);
    }

    [Fact]
    public void An_output_starts_from_it()
    {
        var model = UnigramModel.Train(Documents, vocabulary: 4, first: 2);
        using var vae = new BagOfWordsVaeConfig { HiddenSize = 3, LatentSize = 2, DecoderHiddenSize = 0 }.Build(4);
        using var autoencoder = new DenseAutoencoderConfig { Encoder = [2], Decoder = [], Loss = ReconstructionLoss.CrossEntropy }.Build(4);

        model.Initialise(vae);
        model.Initialise(autoencoder);

        var bias = vae.state_dict()["output.bias"].data<float>().ToArray();
        Assert.All(bias.Zip(model.LogFrequencies), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
        Assert.Equal(0, autoencoder.state_dict()["decoder.0.bias"].data<float>()[3], 1e-6);
    }
}
