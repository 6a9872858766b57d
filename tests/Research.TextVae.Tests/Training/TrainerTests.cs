using Research.TextVae.Evaluation;
using Research.TextVae.Kernels;
using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Support;
using Research.TextVae.Tests.PyTorch;
using Research.TextVae.Text;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    private static readonly TextData Data = TinyText.Load();
    private static readonly LstmVaeConfig Small = new()
    {
        EmbeddingSize = 12,
        HiddenSize = 16,
        LatentSize = 4,
        Dropout = 0.2,
        WordDropout = 0.1,
    };
    private static readonly TrainingOptions Short = new() { Epochs = 3, BatchSize = 16, LearningRate = 5e-3, LogEvery = 5 };

    private readonly string _folder = Directory.CreateTempSubdirectory("trainer").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void One_step_changes_every_parameter()
    {
        using var model = Model();
        var before = model.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.detach().clone());
        var stop = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() =>
            Train(model, "one", Short, new Recorder { OnStep = _ => stop.Cancel() }, cancellation: stop.Token));

        foreach (var (name, weight) in model.named_parameters())
            Assert.False(weight.Equals(before[name]), $"{name} did not change");
    }

    [Fact]
    public void Learns_and_gives_the_same_numbers_for_the_same_seed()
    {
        var (first, second, other) = (new Recorder(), new Recorder(), new Recorder());
        using var a = Model();
        using var b = Model();
        using var c = Model();
        Train(a, "a", Short, first);
        Train(b, "b", Short, second);
        Train(c, "c", Short, other, seed: 8);

        Assert.Equal(first.Losses, second.Losses);
        Assert.Equal(Weights(a), Weights(b));
        Assert.NotEqual(first.Losses, other.Losses);
        Assert.True(first.Validation[^1].Metrics.NegativeElbo < first.Validation[0].Metrics.NegativeElbo - 1,
            "three epochs taught it nothing");
    }

    /// <summary>Stopped in the middle of an epoch and resumed, training ends with the very weights it would have had.</summary>
    [Theory]
    [InlineData(7)]
    [InlineData(25)]
    public void Resuming_is_exact_to_the_bit(int stopAfter)
    {
        using var whole = Model();
        var wholeLog = new Recorder();
        Train(whole, "whole", Short, wholeLog);

        var stop = new CancellationTokenSource();
        var steps = 0;
        using (var interrupted = Model())
            Assert.Throws<OperationCanceledException>(() =>
                Train(interrupted, "parts", Short, new Recorder { OnStep = _ => Cancel() }, cancellation: stop.Token));
        using var resumed = Model(seed: 99);
        var resumedLog = new Recorder();
        Train(resumed, "parts", Short, resumedLog);

        Assert.Equal(Weights(whole), Weights(resumed));
        Assert.Equal(wholeLog.Validation[^1].Metrics.NegativeElbo, resumedLog.Validation[^1].Metrics.NegativeElbo);

        void Cancel()
        {
            if (++steps == stopAfter)
                stop.Cancel();
        }
    }

    [Fact]
    public void No_native_tensor_is_left_behind_by_a_step()
    {
        var live = new List<long>();
        using var model = Model();
        var recorder = new Recorder { OnStep = progress => live.Add(TensorEngine.LiveTensors) };
        _ = TensorAssert.LiveAfterCollection();

        Train(model, "live", Short with { Epochs = 12, EarlyStoppingPatience = 12, LogEvery = 50 }, recorder);

        Assert.True(live.Count > 200, $"{live.Count} steps");
        Assert.InRange(live[200], 0, live[20]);
    }

    [Fact]
    public void A_term_that_is_not_a_number_stops_training_and_is_named()
    {
        using var model = Model();
        using (no_grad())
            model.get_parameter("posterior.linear.bias")!.fill_(float.NaN);

        var exception = Assert.Throws<UserException>(() => Train(model, "nan", Short, new Recorder()));

        Assert.StartsWith("step 1 (epoch 0): the ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("became NaN", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    /// <summary>
    /// Aggressive training moves both sides, ends when the mutual information no longer rises, and continues from a checkpoint as if
    /// it had not been stopped.
    /// </summary>
    [Fact]
    public void Aggressive_training_resumes_bit_for_bit()
    {
        var options = Short with { Epochs = 3, Aggressive = new AggressiveTraining { MaxSteps = 6, CheckEvery = 2 } };
        using var whole = Model();
        var before = Weights(whole);
        var end = Train(whole, "aggressive-whole", options, new Recorder());

        using var stopped = Model();
        using var cancellation = new CancellationTokenSource();
        var recorder = new Recorder { OnStep = progress => { if (progress is { Epoch: 2, Batch: 2 }) cancellation.Cancel(); } };
        Assert.Throws<OperationCanceledException>(() =>
            Train(stopped, "aggressive-parts", options, recorder, cancellation: cancellation.Token));
        using var resumed = Model(seed: 2);
        var again = Train(resumed, "aggressive-parts", options, new Recorder());

        Assert.Equal(Weights(whole), Weights(resumed));
        Assert.Equal(end with { Seconds = 0 }, again with { Seconds = 0 });
        Assert.True(end.BestMutualInformation > 0);
        Assert.All(before.Zip(Weights(whole)).Chunk(64), part => Assert.Contains(part, pair => pair.First != pair.Second));
    }

    /// <summary>A learning rate far too large never improves: it is halved after each bad epoch, then training stops.</summary>
    [Fact]
    public void Stops_early_and_keeps_the_best_weights()
    {
        using var model = Model();
        var recorder = new Recorder();

        var end = Train(model, "early", Short with
        {
            Epochs = 40,
            LearningRate = 0.3,
            EarlyStoppingPatience = 3,
            LearningRateFactor = 1,
        }, recorder);

        Assert.Equal(end.BestEpoch + 3, recorder.Validation.Count);
        Assert.Equal(recorder.Validation.MinBy(record => record.Objective)!.Epoch, end.BestEpoch);
        var kept = VaeMetrics.Evaluate(model, Data.Validation, 7);
        Assert.Equal(recorder.Validation[end.BestEpoch - 1].Metrics.Reconstruction, kept.Reconstruction);
    }

    /// <summary>While the KL weight rises, epochs that are no better count neither for the learning rate nor for stopping.</summary>
    [Fact]
    public void A_rising_schedule_is_given_time()
    {
        using var model = Model();
        var options = Short with { Epochs = 40, EarlyStoppingPatience = 2, LearningRatePatience = 1, LearningRateFactor = 0.5 };

        var end = new Trainer(new EverWorse(model, KlSchedule.Linear(epochs: 6)), options, seed: 7).Run(default);

        // Epochs 6 and 7 are the bad ones that count.
        Assert.Equal((7, 1), (end.Epoch, end.BestEpoch));
        Assert.Equal(options.LearningRate / 4, end.LearningRate, 12);
    }

    private sealed class EverWorse(TextVaeModel model, KlSchedule schedule)
        : VaeTask<TextBatch>(model, Data.Train, Data.Validation, new ElboObjective { KlWeight = schedule })
    {
        private int _epochs;

        public override ValidationResult Validate() => base.Validate() with { Objective = ++_epochs };
    }

    private static LstmVae Model(long seed = 1)
    {
        manual_seed(seed);
        return Small.Build(Data.Tokenizer.Vocabulary.Count);
    }

    private TrainingPosition Train(
        TextVaeModel model, string name, TrainingOptions options, ITrainingObserver observer, ulong seed = 7,
        CancellationToken cancellation = default) =>
        new Trainer(new VaeTask(model, Data, new ElboObjective { KlWeight = KlSchedule.Linear(epochs: 2, to: 0.5) }), options, seed)
        {
            CheckpointFolder = Path.Combine(_folder, name),
            Observer = observer,
        }.Run(cancellation);

    private static float[] Weights(nn.Module model) =>
        [.. model.parameters().SelectMany(parameter => parameter.detach().cpu().data<float>().ToArray())];

    private sealed class Recorder : ITrainingObserver
    {
        public Action<TrainingProgress> OnStep { get; init; } = _ => { };

        public List<double> Losses { get; } = [];

        public List<EpochRecord> Validation { get; } = [];

        public void Stepped(TrainingProgress progress) => OnStep(progress);

        public void Logged(TrainRecord record) => Losses.Add(record.Loss);

        public void Validated(EpochRecord record) => Validation.Add(record);
    }
}
