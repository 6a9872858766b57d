using Research.TextVae.Kernels;
using Research.TextVae.Models;
using Research.TextVae.Tests.Models;
using Research.TextVae.Text;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Training;

/// <summary>
/// The checkpoints in the folder EarlierVersion were saved after five steps by commit d34e75c, which had an engine of its own over LibTorch
/// 1.13, with <see cref="TrainingState.Collect"/> and <see cref="Checkpoint.Save"/>. The losses are those of its next three steps.
/// </summary>
public sealed class EarlierVersionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("earlier-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static readonly Dictionary<string, (TextVaeConfig Config, double[] Losses)> _runs = new()
    {
        ["lstm-vae"] = (new LstmVaeConfig
        {
            EmbeddingSize = 5,
            HiddenSize = 6,
            LatentSize = 3,
            Dropout = 0,
        }, [10.525927, 10.386949, 10.244933]),
        ["transformer-vae"] = (
            new TransformerVaeConfig
            {
                Shape = new() { Width = 6, Layers = 1, Heads = 2, FeedForward = 8, Dropout = 0 },
                LatentSize = 3,
                MemoryTokens = 2,
            },
            [9.700009, 9.437936, 9.18411]),
    };

    public static TheoryData<string> Runs => [.. _runs.Keys];

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_checkpoint_of_an_earlier_version_goes_on_as_it_would_have_there(string run)
    {
        using var scope = NewDisposeScope();
        var (config, losses) = _runs[run];
        var stored = Path.Combine(AppContext.BaseDirectory, "Training", "EarlierVersion", run);
        // As the last epoch was the best, both are the same.
        foreach (var file in Directory.GetFiles(stored, "last.*"))
        {
            foreach (var name in new[] { "last", "best" })
                File.Copy(file, Path.Combine(_folder, name + Path.GetExtension(file)));
        }

        using var model = config.Build(23);
        using var optimizer = new FusedAdam(model.parameters(), 1);

        var position = new FolderCheckpoints(_folder, _ => { }).Resume(model, optimizer);

        Assert.Equal(
            new TrainingPosition
            {
                Step = 5,
                Epoch = 1,
                Batch = 2,
                LearningRate = 0.01,
                BestObjective = 12.5,
                BestEpoch = 1,
                Seconds = 0.25,
            },
            position);
        var group = Assert.Single(optimizer.ParamGroups);
        Assert.Equal((0.01, 0.02), (group.LearningRate, group.InitialLearningRate));
        var batch = Sentences.Batch([4, 5, 6, 22], [5], [21, 20, 19]);
        foreach (var expected in losses)
        {
            model.zero_grad();
            var terms = model.Elbo(batch, zeros(3, 3));
            var loss = (terms.Reconstruction.Total + terms.Kl.sum()) / 3;
            DirectGradient.Backward(loss);
            optimizer.step();
            Assert.Equal(expected, loss.item<float>(), 1e-5 * expected);
        }
    }
}
