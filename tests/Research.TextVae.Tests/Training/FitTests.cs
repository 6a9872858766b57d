using Research.TextVae.Evaluation;
using Research.TextVae.Experiments;
using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Text;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Training;

public sealed class FitTests
{
    private static readonly TextData Data = TinyText.Load();
    private static readonly LstmVaeConfig Small = new() { EmbeddingSize = 12, HiddenSize = 16, LatentSize = 4, Dropout = 0.2 };

    // A rate this high makes later epochs worse, so that the best is not the last.
    private static readonly TrainingOptions Restless = new()
    {
        Epochs = 12,
        BatchSize = 16,
        LearningRate = 0.3,
        EarlyStoppingPatience = 3,
        LearningRateFactor = 1,
        LogEvery = 5,
    };

    [Fact]
    public void In_memory_the_weights_are_those_a_training_with_checkpoints_ends_with()
    {
        var folder = Directory.CreateTempSubdirectory("fit").FullName;
        try
        {
            manual_seed(7);
            using var stored = Small.Build(Data.Tokenizer.Vocabulary.Count);
            new Trainer(new VaeTask(stored, Data, new ElboObjective()), Restless, 7)
            {
                CheckpointFolder = folder,
                Observer = new Deaf(),
            }.Run();

            var (model, history) = Trainer.Fit(Small, Data, new ElboObjective(), Restless, seed: 7);
            using (model)
            {
                Assert.True(history.End.BestEpoch < history.Epochs.Count, "the best epoch is the last; the test says nothing");
                Assert.Equal(Weights(stored), Weights(model));
                Assert.Equal(history.Best.Metrics.Reconstruction, VaeMetrics.Evaluate(model, Data.Validation, 7).Reconstruction);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_language_model_learns_and_its_history_has_every_epoch()
    {
        var options = new TrainingOptions { Epochs = 3, BatchSize = 16, LearningRate = 5e-3, LogEvery = 5 };
        var (model, history) = Trainer.Fit(new RecurrentLmConfig
        {
            EmbeddingSize = 12,
            HiddenSize = 16,
            Dropout = 0,
        }, Data, options, seed: 1);
        using (model)
        {
            Assert.Equal([1, 2, 3], history.Epochs.Select(record => record.Epoch));
            Assert.True(history.Best.Metrics.Reconstruction < history.Epochs[0].Metrics.Reconstruction - 1,
                "three epochs taught it nothing");
            Assert.All(history.Curve("LSTM").Kl, kl => Assert.Equal(0, kl));
            Assert.Equal(Likelihood.Evaluate(model, Data.Validation).Nll, history.Best.Metrics.Reconstruction);
        }
    }

    private static float[] Weights(nn.Module model) =>
        [.. model.parameters().SelectMany(parameter => parameter.detach().cpu().data<float>().ToArray())];

    private sealed class Deaf : ITrainingObserver
    {
        public void Stepped(TrainingProgress progress)
        {
        }

        public void Logged(TrainRecord record)
        {
        }

        public void Validated(EpochRecord record)
        {
        }
    }
}
