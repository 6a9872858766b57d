using Research.TextVae.Evaluation;
using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Support;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Models;

public sealed class ClassifiedVaeTests
{
    private static readonly EncodedSentences Train = Sentences(400, seed: 1), Test = Sentences(200, seed: 2);
    private static readonly TrainingOptions Short = new() { Epochs = 8, BatchSize = 20, LearningRate = 1e-2 };

    [Fact]
    public void One_step_changes_every_parameter()
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        var task = Task(model, weight: 1);
        ModelChecks.OneStepChangesEveryParameter(model, () => task.Loss(0, 0, 0).Loss);
    }

    /// <summary>The class is told by one word of eight, which costs few nats: a collapsing VAE drops it, with labels the code keeps
    /// it.</summary>
    [Fact]
    public void Labels_teach_the_code_what_to_keep()
    {
        double Accuracy(double weight)
        {
            using var model = Model();
            Trainer.Fit(Task(model, weight), Short, seed: 4);
            using var scope = NewDisposeScope();
            return NeighbourLabels.Accuracy(model.Vae.EncodeMeans(Train), Train.Classes!, model.Vae.EncodeMeans(Test), Test.Classes!);
        }

        var (with, without) = (Accuracy(weight: 5), Accuracy(weight: 0));
        Assert.True(with > 0.95 && without < 0.75, $"{with} with labels, {without} without");
    }

    private static ClassifiedVae Model() =>
        Trainer.Build(
            () => new ClassifiedVae(new LstmVaeConfig
            {
                EmbeddingSize = 8,
                HiddenSize = 12,
                LatentSize = 3,
                Dropout = 0,
            }.Build(24), classes: 2), seed: 3);

    private static ClassifiedVaeTask Task(ClassifiedVae model, double weight) => new(model, Train, Test, new ElboObjective(), weight);

    // Eight words of which the fifth is one of two, by the class; the others are drawn from eighteen.
    private static EncodedSentences Sentences(int count, ulong seed)
    {
        var random = new StableRandom(seed);
        string[] labels = ["first", "second"];
        var classes = Enumerable.Range(0, count).Select(_ => random.Next(2)).ToArray();
        int[][] ids = [
            .. classes.Select(c => Enumerable.Range(0, 8).Select(t => Vocabulary.Markers.Count + (t == 4 ? c : 2 + random.Next(18)))
            .ToArray())];
        return new EncodedSentences(ids, [.. classes.Select(c => new Sentence("", "", labels[c]))]).WithClasses(labels);
    }
}
