using Research.TextVae.Models;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Training;

public sealed class ExampleTaskTests
{
    [Fact]
    public void Every_epoch_takes_each_example_once_in_another_order_that_can_be_asked_for_again()
    {
        using var model = nn.Linear(1, 1);
        var asked = new List<int>();
        var options = new TrainingOptions { BatchSize = 4 };
        ExampleTask Task() => new(
            model, 10,
            rows =>
            {
                asked.AddRange(rows);
                return new BatchLoss(zeros(1), zeros(1), rows.Length);
            },
            () => new ValidationMeasures(model.training ? 1 : 0, 0, 1), options, seed: 1);
        int[] Epoch(ExampleTask task, int epoch)
        {
            asked.Clear();
            for (var batch = 0; batch < task.BatchesPerEpoch(epoch); batch++)
                task.Loss(epoch, batch, 0);
            return [.. asked];
        }

        var task = Task();
        var (first, second) = (Epoch(task, 0), Epoch(task, 1));

        Assert.Equal(3, task.BatchesPerEpoch(0));
        Assert.Equal(Enumerable.Range(0, 10), first.Order());
        Assert.Equal(Enumerable.Range(0, 10), second.Order());
        Assert.NotEqual(first, second);
        Assert.Equal(second, Epoch(Task(), 1));
        Assert.Equal(0, task.Validate().Objective); // in evaluation mode
        Assert.True(model.training);
    }

    /// <summary>
    /// He et al. 2019, algorithm 1, on a VAE of bags of words: before each step of the decoder the encoder takes its own, and neither
    /// moves the other.
    /// </summary>
    [Fact]
    public void Aggressive_training_moves_the_encoder_first_and_then_the_decoder()
    {
        int[][] documents = [[4, 5, 4], [6], [6, 5], [3, 7]];
        manual_seed(1);
        using var model = new BagOfWordsVaeConfig { HiddenSize = 5, LatentSize = 3, DecoderHiddenSize = 4 }.Build(8);
        var encoder = model.EncoderParameters().ToArray();
        var decoder = model.parameters().Where(parameter => encoder.All(other => other.Handle != parameter.Handle)).ToArray();
        var seen = new List<(string Encoder, string Decoder)>();
        static string Weights(IEnumerable<Tensor> parameters) => string.Join(' ', parameters.SelectMany(parameter => parameter.data<float>().ToArray()));
        var options = new TrainingOptions { Epochs = 1, BatchSize = 2, Aggressive = new AggressiveTraining { MaxSteps = 3, CheckEvery = 3 } };
        var task = new ExampleTask(
            model, documents.Length,
            rows =>
            {
                seen.Add((Weights(encoder), Weights(decoder)));
                var terms = model.Elbo(BagOfWords.From(Array.ConvertAll(rows, row => documents[row]), CPU));
                var (reconstruction, kl) = (terms.Reconstruction.Total / rows.Length, terms.Kl.sum() / rows.Length);
                return new BatchLoss(reconstruction + kl, reconstruction, rows.Length) { Kl = kl };
            },
            () => new ValidationMeasures(0, 0, 1) { MutualInformation = 0 }, options, seed: 1)
        {
            InferenceParameters = encoder,
        };

        Trainer.Fit(task, options, seed: 1);

        seen.Add((Weights(encoder), Weights(decoder)));
        Assert.Equal(2 * (3 + 1) + 1, seen.Count);
        for (var loss = 0; loss + 1 < seen.Count; loss++)
        {
            var decoders = loss % 4 == 3;
            Assert.Equal(decoders, seen[loss].Encoder == seen[loss + 1].Encoder);
            Assert.Equal(decoders, seen[loss].Decoder != seen[loss + 1].Decoder);
        }
    }
}
