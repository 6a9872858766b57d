using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Text;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Training;

public sealed class LossTaskTests : IDisposable
{
    private const ulong Seed = 5;
    private static readonly TrainingOptions Options = new()
    {
        Epochs = 3,
        BatchSize = 16,
        LearningRate = 5e-3,
        LearningRatePatience = 100,
        MaxGradientNorm = 0.5,
        LogEvery = 1,
    };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("loss-task");
    private readonly VectorSet _train = Vectors(100, seed: 1);
    private readonly VectorSet _validation = Vectors(40, seed: 2);

    public void Dispose()
    {
        _train.Values.Dispose();
        _validation.Values.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Training_equals_a_loop_by_hand()
    {
        using var trained = Net();
        Trainer.Fit(new LossTask<VectorBatch>(trained, _train, batch => Noisy(trained, batch), _validation), Options, Seed);

        using var byHand = Net();
        using var adam = optim.Adam(byHand.parameters(), Options.LearningRate);
        var batches = new BatchSampler(_train, new BatchOptions { BatchSize = Options.BatchSize }, Seed);
        manual_seed((long)Seed);
        foreach (var indices in Enumerable.Range(0, Options.Epochs).SelectMany(epoch => batches.Epoch(epoch)))
        {
            using var scope = NewDisposeScope();
            adam.zero_grad();
            Noisy(byHand, _train.Batch(indices, CPU)).backward();
            nn.utils.clip_grad_norm_(byHand.parameters(), Options.MaxGradientNorm);
            adam.step();
        }

        Assert.NotEqual(Weights(Net()), Weights(byHand));
        foreach (var (expected, actual) in Weights(byHand).Zip(Weights(trained)))
            Assert.Equal(expected, actual, 1e-6f);
    }

    [Fact]
    public void A_training_that_was_stopped_ends_with_the_same_weights()
    {
        using var whole = Net();
        new Trainer(Task(whole), Options, Seed).Run();

        using var stop = new CancellationTokenSource();
        using (var interrupted = Net())
            Assert.Throws<OperationCanceledException>(() => InFolder(interrupted, new Steps
            {
                Each = step =>
                {
                    if (step == 10)
                        stop.Cancel();
                },
            }).Run(stop.Token));
        using var resumed = Net();
        InFolder(resumed, new Silent()).Run();

        Assert.Equal(Weights(whole), Weights(resumed));
    }

    [Fact]
    public void Validation_is_the_mean_over_examples_with_dropout_off_and_the_terms_are_recorded()
    {
        using var net = Net();
        var history = Trainer.Fit(new LossTask<VectorBatch>(net, _train, batch =>
        {
            var error = Error(net, batch);
            return new StepLoss(2 * error, error, batch.Tokens);
        }, _validation), Options, Seed);

        net.eval();
        var expected = Error(net, _validation.ToBatch()).ToDouble();
        Assert.Equal(2 * expected, history.Best.Objective, 1e-6);
        Assert.Equal(expected, history.Best.Metrics.Reconstruction, 1e-6);
        Assert.All(history.Steps, step => Assert.Equal(step.Loss, 2 * step.Reconstruction, 1e-6));
    }

    [Fact]
    public void A_function_of_the_weights_alone_is_minimised()
    {
        using var point = new Point();
        var history = Trainer.Fit(new LossTask(point, () => (point.At - 3).pow(2).sum(), steps: 400), Options with
        {
            Epochs = 1,
            LearningRate = 0.05,
        }, Seed);

        Assert.All(point.At.detach().data<float>().ToArray(), x => Assert.Equal(3, x, 1e-3f));
        Assert.Equal(400, history.Steps.Count);
    }

    [Fact]
    public void Without_examples_there_is_nothing_to_train_on()
    {
        using var net = Net();
        using var none = zeros(0, 6);

        Assert.Throws<UserException>(() => new LossTask<VectorBatch>(net, new VectorSet(none), batch => Error(net, batch)));
    }

    private Trainer InFolder(nn.Module<Tensor, Tensor> net, ITrainingObserver observer) =>
        new(Task(net), Options, Seed) { CheckpointFolder = _folder.FullName, Observer = observer };

    private LossTask<VectorBatch> Task(nn.Module<Tensor, Tensor> net) => new(net, _train, batch => Noisy(net, batch));

    // Dropout and noise, so that the order in which random numbers are drawn is tested too.
    private static Tensor Noisy(nn.Module<Tensor, Tensor> net, VectorBatch batch) =>
        nn.functional.mse_loss(net.call(batch.Values + 0.1 * randn_like(batch.Values)), batch.Values);

    private static Tensor Error(nn.Module<Tensor, Tensor> net, VectorBatch batch) =>
        nn.functional.mse_loss(net.call(batch.Values), batch.Values);

    private static nn.Module<Tensor, Tensor> Net() => Trainer.Build(
        () => nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 6)), seed: 3);

    private static float[] Weights(nn.Module net) => [.. net.parameters().SelectMany(weight => weight.detach().data<float>().ToArray())];

    private static VectorSet Vectors(int count, long seed)
    {
        manual_seed(seed);
        return new VectorSet(randn(count, 6));
    }

    private sealed class Point : nn.Module
    {
        private readonly TorchSharp.Modules.Parameter at = nn.Parameter(zeros(2));

        public Point()
            : base(nameof(Point)) => RegisterComponents();

        public Tensor At => at;
    }
}
