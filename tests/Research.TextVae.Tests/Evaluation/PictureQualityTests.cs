using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Evaluation;

public sealed class PictureQualityTests
{
    private static readonly VectorSet Train = new(linspace(0, 1, 80).view(20, 4));
    private static readonly VectorSet Test = new(linspace(0.1, 0.9, 64).view(16, 4));

    [Fact]
    public void The_identity_loses_nothing()
    {
        var quality = PictureQuality.Evaluate(x => x, z => z, Train, Test, compared: 10, seed: 1, probabilities: true);

        Assert.Equal((0, 0), (quality.SquaredError, quality.TrainingSquaredError));
        Assert.Equal(12, quality.Reconstructed.Count);
        Assert.Equal(Test.Values[0].data<float>().ToArray(), quality.Reconstructed[0]);
        Assert.NotNull(quality.CrossEntropy);
        Assert.All(quality.Prior.Pictures.SelectMany(picture => picture), ink => Assert.InRange(ink, 0, 1));
        Assert.Equal(10, quality.Fitted.Pictures.Count);
    }

    [Fact]
    public void Outputs_that_are_no_probabilities_have_no_cross_entropy()
    {
        var quality = PictureQuality.Evaluate(x => x, z => zeros_like(z), Train, Test, compared: 10, seed: 1);

        Assert.Null(quality.CrossEntropy);
        Assert.Equal(Test.Values.pow(2).mean().item<float>(), quality.SquaredError, 1e-6);
        Assert.True(PictureQuality.Real(Train, Test, 10).Quality.F > 0);
    }

    [Fact]
    public void The_reconstruction_error_is_the_loss_of_all_vectors()
    {
        using var model = new DenseAutoencoderConfig { Encoder = [2], Decoder = [] }.Build(4);

        Assert.Equal(model.Loss(Test.Values).item<float>(), ReconstructionError.Evaluate(model, Test), 1e-7);
        Assert.True(model.training);
    }
}
