using Research.TextVae.Evaluation;
using Research.TextVae.Synthetic;

namespace Research.TextVae.Tests.Synthetic;

public sealed class ClassCodesTests
{
    [Fact]
    public void The_estimate_over_the_whole_set_finds_the_entropy_of_the_classes()
    {
        var mixture = new MarkovMixture(seed: 1, classes: 8, words: 50);

        var codes = ClassCodes.Encode(mixture, mixture.Sample(4000, seed: 2), latentSize: 4, seed: 3);

        Assert.Equal([4000, 4], codes.Codes.shape);
        Assert.InRange(codes.MutualInformation, 1, Math.Log(8));
        // The estimate's standard deviation is about √(latent / 2 / sentences) = 0.022.
        Assert.Equal(codes.MutualInformation, MutualInformation.FullSet(codes.Posterior, codes.Codes), 0.001);
    }
}
