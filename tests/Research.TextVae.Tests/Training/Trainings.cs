using Research.TextVae.Compression;
using Research.TextVae.Kernels;
using Research.TextVae.Models;
using Research.TextVae.Models.Layers;
using Research.TextVae.Objectives;
using Research.TextVae.Text;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Training;

/// <summary>A small training of every task, with the model families, optimizers, schedules and precisions spread over them.</summary>
internal static class Trainings
{
    private static readonly TextData Data = TinyText.Load(160);
    private static readonly int Words = Data.Tokenizer.Vocabulary.Count;

    private static readonly TransformerShape Shape = new() { Width = 12, Layers = 1, Heads = 3, Dropout = 0.1 };
    private static readonly RecurrentLmConfig Recurrent = new() { EmbeddingSize = 8, HiddenSize = 10, Dropout = 0.1 };
    private static readonly LstmVaeConfig Lstm = new()
    {
        EmbeddingSize = 8,
        HiddenSize = 10,
        LatentSize = 3,
        Dropout = 0.2,
        WordDropout = 0.2,
    };

    private static readonly TrainingOptions Adam = new()
    {
        Epochs = 3,
        BatchSize = 16,
        LearningRate = 5e-3,
        LogEvery = 5,
        CheckpointEvery = 3,
        LearningRatePatience = 1,
    };

    private static readonly TrainingOptions Sgd = Adam with { Optimizer = OptimizerKind.Sgd, LearningRate = 0.5 };

    private static readonly Dictionary<string, Func<(TrainingTask Task, TrainingOptions Options)>> All = new()
    {
        ["LSTM VAE, Adam with warm-up, cyclical β, free bits"] = () => (
            Vae(Lstm, new ElboObjective { KlWeight = KlSchedule.Cyclical(1, 0.5), FreeBits = new FreeBits { Nats = 0.1 } }),
            Adam with { WarmupSteps = 10 }),
        ["LSTM VAE, SGD, linear β, aggressive"] = () => (
            Vae(Lstm, new ElboObjective { KlWeight = KlSchedule.Linear(2, 0.5) }),
            Sgd with { Aggressive = new AggressiveTraining { MaxSteps = 4, CheckEvery = 2 } }),
        ["LSTM VAE, fastest precision, importance weighting"] = () => (
            Vae(Lstm, new ElboObjective { ImportanceWeighting = new ImportanceWeighting { Samples = 3 } }),
            Adam with { Precision = TensorEngine.FastestPrecision }),
        ["Transformer VAE, MMD, sigmoid β"] = () => (
            Vae(new TransformerVaeConfig { Shape = Shape, LatentSize = 3 },
                new ElboObjective { KlWeight = KlSchedule.Sigmoid(1, 0.3, 1), Mmd = new MaximumMeanDiscrepancy() }), Adam),
        ["classified LSTM VAE, cosine β"] = () => (
            new ClassifiedVaeTask(
                new ClassifiedVae(Lstm.Build(Words), 1), Data.Train.WithClass(0), Data.Validation.WithClass(0),
                new ElboObjective { KlWeight = KlSchedule.Cosine(2, 1) }, 1), Adam),
        ["LSTM language model"] = () => (new LanguageModelTask(Recurrent.Build(Words), Data), Adam),
        ["GRU language model, SGD"] = () =>
            (new LanguageModelTask((Recurrent with { Cell = RecurrentCell.Gru, Layers = 2 }).Build(Words), Data), Sgd),
        ["Transformer language model of learned positions"] = () => (
            new LanguageModelTask(
                new TransformerLmConfig { Shape = Shape with { Positions = PositionKind.Learned } }.Build(Words), Data), Adam),
        ["Transformer encoder–decoder, warm-up"] = () => (
            new Seq2SeqTask(
                new TransformerSeq2SeqConfig { Shape = Shape }.Build(Words), new EncodedPairs(Data.Train, Data.Train),
                new EncodedPairs(Data.Validation, Data.Validation)), Adam with { WarmupSteps = 8 }),
        ["text GAN"] = () => (
            new GanTask(
                new TextGanConfig { Generator = Recurrent, DiscriminatorEmbedding = 5, Filters = 6 }.Build(Words), Data.Train,
                Data.Validation, new AdversarialOptions { Lead = 2, DiscriminatorSteps = 1, ValidationSamples = 20 }), Adam),
        ["skip-gram"] = () => (
            new SkipGramTask(new SkipGram(Words, 6), [.. Data.Train], [.. Data.Validation], new SkipGramOptions()), Adam),
        ["dense autoencoder"] = () => (
            new AutoencoderTask(
                new DenseAutoencoderConfig { Encoder = [6, 3], Decoder = [6] }.Build(9), new VectorSet(Vectors(96)),
                new VectorSet(Vectors(32))), Adam),
        ["Gaussian VAE"] = () => (
            new VaeTask<VectorBatch>(
                new GaussianVaeConfig { HiddenSizes = [6], LatentSize = 3, Deviation = 0.5 }.Build(9), new VectorSet(Vectors(96)),
                new VectorSet(Vectors(32)), new ElboObjective { KlWeight = KlSchedule.Linear(2) }), Adam),
        ["VAE of bags of words"] = () => (
            new VaeTask<BagOfWords>(
                new BagOfWordsVaeConfig { HiddenSize = 7, LatentSize = 3, PosteriorBatchNormScale = 0.6 }.Build(Words),
                new BagOfWordsSet([.. Data.Train]), new BagOfWordsSet([.. Data.Validation]), new ElboObjective()), Adam),
        ["pruned LSTM language model"] = Pruned,
    };

    public static TheoryData<string> Names => [.. All.Keys];

    /// <summary>A task with weights drawn from a seed.</summary>
    public static (TrainingTask Task, TrainingOptions Options) Build(string name, long seed = 1)
    {
        manual_seed(seed);
        return All[name]();
    }

    private static VaeTask Vae(TextVaeConfig config, ElboObjective objective) => new(config.Build(Words), Data, objective);

    private static (TrainingTask, TrainingOptions) Pruned()
    {
        // Which weights are pruned follows from trained ones, which are the same however often it is resumed.
        manual_seed(1);
        var model = Recurrent.Build(Words);
        return (new PrunedTask(new LanguageModelTask(model, Data), MagnitudePruning.Prune(model, 0.5, PruningScope.Global)), Adam);
    }

    // Independent of the weights' seed.
    private static Tensor Vectors(long count)
    {
        using var generator = new Generator(3);
        return rand(count, 9, generator: generator);
    }
}
