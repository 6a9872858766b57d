using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Training;

public sealed class AggressiveTrainingTests
{
    /// <summary>
    /// He et al. 2019, algorithm 1, on a VAE of bags of words: before each step of the decoder the encoder takes its own, and neither
    /// moves the other.
    /// </summary>
    [Fact]
    public void Aggressive_training_moves_the_encoder_first_and_then_the_decoder()
    {
        manual_seed(1);
        using var model = new BagOfWordsVaeConfig { HiddenSize = 5, LatentSize = 3, DecoderHiddenSize = 4 }.Build(8);
        var options = new TrainingOptions
        {
            Epochs = 1,
            BatchSize = 2,
            Aggressive = new AggressiveTraining { MaxSteps = 3, CheckEvery = 3 },
        };
        var task = new WatchedTask(model);

        Trainer.Fit(task, options, seed: 1);

        task.Look();
        Assert.Equal(2 * (3 + 1) + 1, task.Seen.Count);
        for (var loss = 0; loss + 1 < task.Seen.Count; loss++)
        {
            var decoders = loss % 4 == 3;
            Assert.Equal(decoders, task.Seen[loss].Encoder == task.Seen[loss + 1].Encoder);
            Assert.Equal(decoders, task.Seen[loss].Decoder != task.Seen[loss + 1].Decoder);
        }
    }

    /// <summary>Batches of short sentences and of long ones, whose loss per token falls with every step: the encoder goes on, however the
    /// losses per sentence follow from the lengths.</summary>
    [Fact]
    public void The_encoder_stops_by_its_loss_per_token()
    {
        var task = new UnevenTask();
        using var model = task.Model;

        var aggressive = new AggressiveTraining { MaxSteps = 20, CheckEvery = 1 };
        Trainer.Fit(task, new TrainingOptions { Epochs = 1, Aggressive = aggressive }, seed: 1);

        Assert.Equal(2 * (20 + 1), task.Losses);
    }

    /// <summary>A change of mutual information within the error of its estimate neither ends aggressive training nor lets it go on for
    /// ever.</summary>
    [Theory]
    [InlineData(0.01, false, 1.0, 1.2, 1.3)] // rises
    [InlineData(0.01, true, 1.0, 0.9)] // falls
    [InlineData(1.0, false, 1.0, 0.9)] // nobody knows
    [InlineData(1.0, true, 1.0, 0.9, 1.1)] // nor the second time
    [InlineData(0.1, false, 1.0, 1.15, 1.3)] // small rises that add up
    [InlineData(0.0, true, 1.0, 1.0, 1.0)]
    public void Aggressive_training_ends_by_what_is_known_of_mutual_information(double error, bool ends, params double[] informations)
    {
        var position = new TrainingPosition();
        foreach (var information in informations)
            position = position.WithInformation(information, error);

        Assert.Equal(ends, position.AggressiveFinished);
    }

    // Two batches, one of 2 sentences of 5 tokens and one of 2 of 500; the loss per token falls by a tenth with every step.
    private sealed class UnevenTask : TrainingTask
    {
        private readonly GaussianVae _model = new GaussianVaeConfig { HiddenSizes = [], LatentSize = 1 }.Build(1);

        public int Losses { get; private set; }

        public override nn.Module Model => _model;

        public override IReadOnlyList<TorchSharp.Modules.Parameter> InferenceParameters => [.. _model.EncoderParameters()];

        public override int BatchesPerEpoch(int epoch) => 2;

        public override StepLoss Loss(int epoch, int batch, double progress)
        {
            var length = batch == 0 ? 5 : 500;
            var nothing = _model.parameters().Select(weight => weight.sum() * 0).Aggregate((left, right) => left + right);
            var loss = nothing + length * Math.Pow(0.9, ++Losses); // per sentence
            return new StepLoss(loss, loss.detach(), 2 * length) { Examples = 2 };
        }

        public override ValidationResult Validate() =>
            new(0, new LikelihoodMetrics { Examples = 1, Tokens = 1, Reconstruction = 0 });
    }

    // Notes both halves' weights each time a loss is asked for.
    private sealed class WatchedTask(BagOfWordsVae model) : VaeTask<BagOfWords>(model, _documents, _documents, new ElboObjective())
    {
        private static readonly BagOfWordsSet _documents = new([[4, 5, 4], [6], [6, 5], [3, 7]]);

        public List<(string Encoder, string Decoder)> Seen { get; } = [];

        public void Look()
        {
            var encoder = InferenceParameters.Select(parameter => parameter.Handle).ToHashSet();
            string Weights(bool encoders) => string.Join(' ', Model.parameters()
                .Where(parameter => encoder.Contains(parameter.Handle) == encoders)
                .SelectMany(parameter => parameter.data<float>().ToArray()));
            Seen.Add((Weights(true), Weights(false)));
        }

        public override StepLoss Loss(int epoch, int batch, double progress)
        {
            Look();
            return base.Loss(epoch, batch, progress);
        }
    }
}
