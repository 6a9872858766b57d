using Research.TextVae.Support;
using Research.TextVae.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Training;

public sealed class CheckpointTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("checkpoint-").FullName;

    private string Tensors => Path.Combine(_folder, "last.safetensors");

    private string Json => Path.Combine(_folder, "last.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed record Position(long Step, double Loss);

    [Theory]
    [InlineData("adam")]
    [InlineData("adam-amsgrad")]
    [InlineData("adamw")]
    [InlineData("sgd")]
    public void ResumedTrainingIsBitForBitTheUninterrupted(string kind)
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        using var noise = new Generator(11);
        var (model, optimizer) = Build(kind);
        for (var step = 0; step < 3; step++)
            Train(model, optimizer, noise);
        var scheduled = optimizer.ParamGroups.Single();
        scheduled.LearningRate *= 1.0 / 3;
        Checkpoint.Save(_folder, "last", TrainingState.Collect(model, optimizer, new Dictionary<string, Generator> { ["noise"] = noise }),
            new Position(3, 0.1));
        for (var step = 0; step < 3; step++)
            Train(model, optimizer, noise);

        manual_seed(99);
        using var newNoise = new Generator(5);
        var (resumed, resumedOptimizer) = Build(kind);
        var (tensors, position) = Checkpoint.Load<Position>(_folder, "last");
        TrainingState.Restore("last", tensors, resumed, resumedOptimizer, new Dictionary<string, Generator> { ["noise"] = newNoise });
        for (var step = 0; step < 3; step++)
            Train(resumed, resumedOptimizer, newNoise);

        Assert.Equal(new Position(3, 0.1), position);
        Assert.Equal(scheduled.LearningRate, resumedOptimizer.ParamGroups.Single().LearningRate);
        foreach (var (name, expected) in model.state_dict())
            Assert.True(expected.bytes.SequenceEqual(resumed.state_dict()[name].bytes), $"{kind}: {name} differs");
        optimizer.Dispose();
        resumedOptimizer.Dispose();
        model.Dispose();
        resumed.Dispose();
    }

    [Fact]
    public void KilledBetweenAnyTwoStepsThereIsAWholeCheckpoint()
    {
        using var scope = NewDisposeScope();
        Save(1);
        var (oldTensors, oldJson) = (File.ReadAllBytes(Tensors), File.ReadAllBytes(Json));
        Save(2);
        var (newTensors, newJson) = (File.ReadAllBytes(Tensors), File.ReadAllBytes(Json));

        // The files a kill leaves, in the order of the steps of a save.
        void Killed(int expected, byte[] tensors, byte[] json, byte[]? aside, byte[]? partial)
        {
            foreach (var file in Directory.GetFiles(_folder))
                File.Delete(file);
            File.WriteAllBytes(Tensors, tensors);
            File.WriteAllBytes(Json, json);
            if (aside is not null)
                File.WriteAllBytes(Tensors + ".new", aside);
            if (partial is not null)
                File.WriteAllBytes(Tensors + ".new.tmp", partial);
            Assert.Equal(expected, Load());

            // The next save starts from there, and may be killed too while it writes.
            File.CreateSymbolicLink(Tensors + ".new.tmp.link", "/dev/full");
            File.Move(Tensors + ".new.tmp.link", Tensors + ".new.tmp", overwrite: true);
            Assert.Throws<UserException>(() => Save(3));
            Assert.Equal(expected, Load());
            Save(3);
            Assert.Equal(3, Load());
            Assert.Equal([Json, Tensors], Directory.GetFiles(_folder).Order(StringComparer.Ordinal));
        }

        Killed(1, oldTensors, oldJson, null, newTensors[..100]);
        Killed(1, oldTensors, oldJson, newTensors, null);
        Killed(2, oldTensors, newJson, newTensors, null);
        Killed(2, newTensors, newJson, null, null);
    }

    [Fact]
    public void TensorsThatAreNotTheJsonsAreRefused()
    {
        using var scope = NewDisposeScope();
        Save(1);
        var first = File.ReadAllBytes(Tensors);
        Save(2);
        File.WriteAllBytes(Tensors, first);

        var error = Assert.Throws<UserException>(() => Load());

        Assert.Contains(Tensors, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"state":{}}""")]
    public void ADamagedJsonIsRefused(string json)
    {
        using var scope = NewDisposeScope();
        Save(1);
        File.WriteAllText(Json, json);

        Assert.Contains(Json, Assert.Throws<UserException>(() => Load()).Message);
    }

    [Fact]
    public void AMissingCheckpointIsAUsersMistake()
    {
        Assert.False(Checkpoint.Exists(_folder, "last"));
        Assert.Contains("no checkpoint", Assert.Throws<UserException>(() => Load()).Message);
    }

    [Fact]
    public void WeightsOfAnotherModelAreNamed()
    {
        using var scope = NewDisposeScope();
        using var small = nn.Sequential(nn.Linear(3, 2));
        using var wide = nn.Sequential(nn.Linear(4, 2));
        using var deep = nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 2));
        var tensors = TrainingState.Collect(small);

        Assert.Contains("model.0.weight has shape [2, 3], the model's has [2, 4]", Misfit(wide));
        Assert.Contains("missing: 1.weight, 1.bias", Misfit(deep));

        string Misfit(nn.Module model) => Assert.Throws<UserException>(() => TrainingState.Restore("best", tensors, model)).Message;
    }

    private void Save(int number) =>
        Checkpoint.Save(_folder, "last", new Dictionary<string, Tensor>
        {
            ["number"] = full(50, (float)number),
        }, new Position(number, double.NaN));

    private int Load()
    {
        var (tensors, position) = Checkpoint.Load<Position>(_folder, "last");
        Assert.Equal(position.Step, tensors["number"][0].item<float>());
        return (int)position.Step;
    }

    private static (nn.Module<Tensor, Tensor> Model, OptimizerHelper Optimizer) Build(string kind)
    {
        var model = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.3), nn.BatchNorm1d(8), nn.Linear(8, 2));
        OptimizerHelper optimizer = kind switch
        {
            "adam" => optim.Adam(model.parameters(), 0.01),
            "adam-amsgrad" => optim.Adam(model.parameters(), 0.01, amsgrad: true),
            "adamw" => optim.AdamW(model.parameters(), 0.01, weight_decay: 0.1),
            _ => optim.SGD(model.parameters(), 0.01, momentum: 0.9),
        };
        return (model, optimizer);
    }

    private static void Train(nn.Module<Tensor, Tensor> model, OptimizerHelper optimizer, Generator noise)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        model.call(randn(6, 4, generator: noise)).pow(2).mean().backward();
        optimizer.step();
    }
}
