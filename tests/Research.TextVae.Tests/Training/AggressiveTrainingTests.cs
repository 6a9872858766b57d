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

    // Notes both halves' weights each time a loss is asked for.
    private sealed class WatchedTask(BagOfWordsVae model) : VaeTask<BagOfWords>(model, s_documents, s_documents, new ElboObjective())
    {
        private static readonly BagOfWordsSet s_documents = new([[4, 5, 4], [6], [6, 5], [3, 7]]);

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
