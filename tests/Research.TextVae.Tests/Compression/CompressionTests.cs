using Research.TextVae.Compression;
using Research.TextVae.Evaluation;
using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Tests.PyTorch;
using Research.TextVae.Tests.Training;
using Research.TextVae.Text;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Compression;

public sealed class CompressionTests : IDisposable
{
    private static readonly TextData Data = TinyText.Load();
    private static readonly RecurrentLmConfig Small = new() { EmbeddingSize = 12, HiddenSize = 20, Layers = 2, Dropout = 0.1 };
    private static readonly TrainingOptions Short = new() { Epochs = 2, BatchSize = 16, LearningRate = 1e-2 };

    private readonly string _folder = Directory.CreateTempSubdirectory("compression").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(PruningScope.Global)]
    [InlineData(PruningScope.PerLayer)]
    public void Pruning_removes_the_smallest_weights_and_fine_tuning_leaves_them_out(PruningScope scope)
    {
        using var model = Model();
        var before = Matrices(model);
        using var pruning = MagnitudePruning.Prune(model, 0.7, scope);
        var pruned = Matrices(model);

        var all = before.Values.SelectMany(values => values).Count();
        Assert.Equal(0.7, pruning.Sparsity, 0.01);
        Assert.Equal(pruning.Sparsity, pruned.Values.Sum(values => values.Count(value => value == 0)) / (double)all, 10);
        double Largest(IEnumerable<string> names) =>
            names.SelectMany(name => before[name].Zip(pruned[name]).Where(pair => pair.Second == 0)).Max(pair => Math.Abs(pair.First));
        double Smallest(IEnumerable<string> names) => names.SelectMany(name => pruned[name]).Where(value => value != 0).Min(Math.Abs);
        foreach (var group in scope == PruningScope.Global
            ? [before.Keys]
            : before.Keys.Select(name => new[] { name }).ToArray<IEnumerable<string>>())
        {
            Assert.True(Largest(group) <= Smallest(group));
            Assert.Equal(
                0.7, group.Sum(name => pruned[name].Count(value => value == 0)) / (double)group.Sum(name => pruned[name].Length), 0.02);
        }

        var task = new PrunedTask(new LanguageModelTask(model, Data), pruning);
        new Trainer(task, Short, 1) { CheckpointFolder = _folder, Observer = new Silent() }.Run();

        foreach (var (name, trained) in Matrices(model))
        {
            Assert.All(trained.Zip(pruned[name]), pair => Assert.Equal(pair.Second == 0, pair.First == 0));
            Assert.False(trained.SequenceEqual(pruned[name]), $"{name} was not trained");
        }
    }

    [Fact]
    public void Every_row_can_be_made_to_lose_the_same_share()
    {
        using var model = Model();
        using var pruning = MagnitudePruning.Prune(model, 0.75, PruningScope.PerRow);

        Assert.All(model.parameters().Where(weight => weight.dim() == 2), weight =>
        {
            var columns = weight.shape[1];
            Assert.Equal([(long)Math.Round(0.75 * columns)], weight.eq(0).sum(1).data<long>().ToArray().Distinct());
        });
    }

    /// <summary>Whatever is stored, the model read from it has the same likelihood; and what is saved is saved on the disk.</summary>
    [Theory]
    [InlineData(0, false, 1.0)]
    [InlineData(0, true, 0.5)]
    [InlineData(0.9, false, 0.1 + (1 / 32.0))]
    [InlineData(0.9, true, 0.05 + (1 / 32.0))]
    public void A_file_gives_back_the_model(double sparsity, bool bfloat16, double share)
    {
        using var model = Model();
        using var pruning = MagnitudePruning.Prune(model, sparsity, PruningScope.Global);
        var path = Path.Combine(_folder, "weights.safetensors");
        var bytes = WeightFile.Write(path, model, bfloat16);
        using var read = Small.Build(Data.Tokenizer.Vocabulary.Count);
        WeightFile.Read(path, read);

        foreach (var ((name, own), (_, other)) in model.named_parameters().Zip(read.named_parameters()))
            TensorAssert.Identical(bfloat16 ? own.detach().to_type(ScalarType.BFloat16).to_type(ScalarType.Float32) : own.detach(),
                other.detach(), name);
        var elements = model.parameters().Sum(weight => weight.numel());
        Assert.InRange(bytes, (long)(4 * elements * share), (long)(4 * elements * share) + 4000);
        if (!bfloat16)
            Assert.Equal(Likelihood.Evaluate(model, Data.Test).PerSentence, Likelihood.Evaluate(read, Data.Test).PerSentence);
    }

    [Theory]
    [InlineData(false, 20)]
    [InlineData(true, 20)]
    [InlineData(true, 12)]
    public void An_int8_model_is_nearly_the_model_and_comes_back_from_its_file(bool tied, int hidden)
    {
        var config = Small with { TieOutput = tied, HiddenSize = hidden };
        using var model = Model(config);
        using var quantized = Int8LstmLm.Quantize(model);
        var path = Path.Combine(_folder, "int8.safetensors");
        var bytes = WeightFile.Write(path, quantized);
        using var read = new Int8LstmLm(config, Data.Tokenizer.Vocabulary.Count);
        WeightFile.Read(path, read);

        var (exact, rounded) = (Likelihood.Evaluate(model, Data.Test), Likelihood.Evaluate(quantized, Data.Test));
        Assert.NotEqual(exact.Nll, rounded.Nll);
        Assert.InRange(rounded.Nll, exact.Nll * 0.99, exact.Nll * 1.01);
        Assert.Equal(rounded.PerSentence, Likelihood.Evaluate(read, Data.Test).PerSentence);
        Assert.Equal(
            TextGenerator.Generate(quantized, 5, GenerationOptions.Sample(), seed: 1),
            TextGenerator.Generate(read, 5, GenerationOptions.Sample(), seed: 1));
        // A byte an element of a matrix, four each for a row's scale and bias.
        var rows = quantized.state_dict().Where(entry => entry.Value.dim() == 1).Sum(entry => entry.Value.numel());
        var elements = model.parameters().Where(weight => weight.dim() == 2).Sum(weight => weight.numel());
        Assert.InRange(bytes, elements + (4 * rows), elements + (4 * rows) + 4000);
    }

    /// <summary>The native integer products, step by step, against the same in standard operators.</summary>
    [Fact]
    public void The_native_run_of_an_int8_model_is_its_twin()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var quantized = Int8LstmLm.Quantize(Model());
        var run = quantized.StartSession(quantized.StartDecoding(3));
        var state = quantized.StartDecoding(3);
        foreach (var word in new long[] { 5, 9, 4, 7 })
        {
            var tokens = tensor(new[] { word, word + 1, 6L });
            (var logits, state) = quantized.DecodeStep(tokens, state);
            // A state that lies on the border between two integers may fall to either side.
            TensorAssert.Close(logits, run.Next(tokens), 2e-3);
        }
    }

    [Fact]
    public void Mistakes_are_named()
    {
        using var gru = (Small with { Cell = RecurrentCell.Gru }).Build(9);
        Assert.Contains("Gru", Assert.Throws<UserException>(() => Int8LstmLm.Quantize(gru)).Message, StringComparison.Ordinal);
        Assert.Throws<UserException>(() => MagnitudePruning.Prune(gru, 1.5, PruningScope.Global));
    }

    private static RecurrentLm Model(RecurrentLmConfig? config = null)
    {
        manual_seed(1);
        var model = (config ?? Small).Build(Data.Tokenizer.Vocabulary.Count);
        using var _ = no_grad();
        foreach (var weight in model.parameters())
            weight.add_(randn_like(weight) * 0.1);
        return model;
    }

    private static Dictionary<string, float[]> Matrices(nn.Module model) => model.named_parameters()
        .Where(entry => entry.parameter.dim() == 2)
        .ToDictionary(entry => entry.name, entry => entry.parameter.detach().flatten().data<float>().ToArray());
}
