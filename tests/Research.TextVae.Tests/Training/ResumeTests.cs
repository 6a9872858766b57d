using System.Globalization;
using Research.TextVae.Kernels;
using Research.TextVae.Support;
using Research.TextVae.Tests.Kernels;
using Research.TextVae.Tests.PyTorch;
using Research.TextVae.Training;
using TorchSharp;

namespace Research.TextVae.Tests.Training;

/// <summary>
/// Whatever ends a training, it goes on as if nothing had happened, and however long it is, nothing is left behind.
/// <c>TEXTVAE_STEPS</c> sets the steps of the latter: <c>./textvae test --reliability</c> makes 20,000.
/// </summary>
public sealed class ResumeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("resume-").FullName;

    public static TheoryData<string> Trainings => Training.Trainings.Names;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Killed without a checkpoint of that moment, and stopped with one; weights and records are the same to the bit.</summary>
    [Theory]
    [MemberData(nameof(Trainings))]
    public void A_training_ended_at_any_step_goes_on_exactly(string training)
    {
        var whole = Run(training, "whole", []);
        var parts = Run(training, "parts", [4, -3, 4, 7, -1], otherSeed: 11);

        Assert.Equal(whole.Records, parts.Records);
        Assert.Equal(whole.Weights, parts.Weights);
    }

    [Theory]
    [InlineData("tensors")]
    [InlineData("state")]
    [InlineData("null")]
    [InlineData("both")]
    [InlineData("best")]
    public void A_damaged_checkpoint_is_named_and_changes_no_number(string what)
    {
        const string training = "LSTM language model";
        var whole = Run(training, "whole", []);
        var parts = Run(training, "parts", [12], () =>
        {
            foreach (var name in what == "both" ? new[] { "last", "last.previous" } : what == "best" ? ["best"] : ["last"])
            {
                var path = Path.Combine(_folder, "parts", what is "state" or "null" ? $"{name}.json" : $"{name}.safetensors");
                var content = File.ReadAllBytes(path);
                var text = File.ReadAllText(path);
                if (what == "state")
                    content = System.Text.Encoding.UTF8.GetBytes(text.Replace("\"epoch\": 1", "\"epoch\": 0", StringComparison.Ordinal));
                else if (what == "null")
                    content = System.Text.Encoding.UTF8.GetBytes(
                        System.Text.RegularExpressions.Regex.Replace(text, "\"state\": \\{[^}]*\\}", "\"state\": null"));
                else
                    content[^5] ^= 1;
                Assert.NotEqual(File.ReadAllBytes(path), content);
                File.WriteAllBytes(path, content);
            }
        });

        Assert.Equal(whole.Weights, parts.Weights);
        Assert.Equal(whole.Records, parts.Records);
        Assert.Equal(what == "both" ? 2 : 1, parts.Notices.Count);
        Assert.All(parts.Notices, notice => Assert.Contains(Path.Combine(_folder, "parts", what == "best" ? "best" : "last"), notice));
        Assert.Contains(what is "both" or "best" ? "from its start" : "the one before it is used", parts.Notices[^1]);
    }

    [Fact]
    public void Where_there_is_no_checkpoint_none_is_promised()
    {
        var (task, options) = Training.Trainings.Build("LSTM language model");
        var trainer = new Trainer(task, options with { LearningRate = 1e30, CheckpointEvery = 1000 }, 1) { CheckpointFolder = _folder };

        var message = Assert.Throws<UserException>(() => trainer.Run()).Message;

        Assert.EndsWith("No checkpoint had been written yet.", message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Trainings))]
    public void Steps_of_a_training_leave_nothing_behind(string training)
    {
        var steps = int.Parse(Environment.GetEnvironmentVariable("TEXTVAE_STEPS") ?? "60", CultureInfo.InvariantCulture);
        var (task, options) = Training.Trainings.Build(training);
        KernelAssert.WithThreads(1, () =>
        {
            var (live, resident) = (new List<long>(), new List<long>());
            using var stop = new CancellationTokenSource();
            var observer = new Watch(step =>
            {
                // A whole epoch is past, with its evaluation and its checkpoints.
                if (step == steps / 2)
                    _ = TensorAssert.LiveAfterCollection(); // what other tests have left would go in between
                if (step >= steps / 2 && step % 10 == 0)
                    live.Add(TensorEngine.LiveTensors);
                if (step == steps / 2 || step == steps)
                    resident.Add(Resident());
                if (step == steps)
                    stop.Cancel();
            });
            _ = TensorAssert.LiveAfterCollection();
            var endless = options with
            {
                Epochs = int.MaxValue,
                EarlyStoppingPatience = int.MaxValue,
                LearningRate = 1e-4,
                CheckpointEvery = 500,
            };
            Assert.Throws<OperationCanceledException>(() =>
                new Trainer(task, endless, 1) { CheckpointFolder = _folder, Observer = observer }.Run(stop.Token));
            // Fewer are no leak: finalizers free what other tests have left whenever they like.
            Assert.All(live, count => Assert.InRange(count, 0, live[0]));
            if (steps >= 2000)
                Assert.InRange(resident[1] / (double)resident[0], 0, 1.01);
            return 0;
        });
        task.Model.Dispose();
    }

    private sealed record Ran(byte[][] Weights, IReadOnlyDictionary<string, string> Records, IReadOnlyList<string> Notices);

    /// <summary>Trains to the end over starts that are killed after so many steps, or politely stopped where the number is
    /// negative.</summary>
    private Ran Run(string training, string name, int[] ends, Action? between = null, long otherSeed = 1)
    {
        var (records, notices) = (new Dictionary<string, string>(), new List<string>());
        for (var start = 0; ; start++)
        {
            var (task, options) = Training.Trainings.Build(training, start == 0 ? 1 : otherSeed);
            var (end, done) = (start < ends.Length ? ends[start] : 0, 0);
            using var stop = new CancellationTokenSource();
            var observer = new Watch(_ =>
            {
                done++;
                if (end > 0 && done == end)
                    throw new InvalidOperationException("killed");
                if (done == -end)
                    stop.Cancel();
            }, records, notices);
            var trainer = new Trainer(task, options, 7) { CheckpointFolder = Path.Combine(_folder, name), Observer = observer };
            try
            {
                trainer.Run(stop.Token);
                byte[][] weights = [.. task.Model.state_dict().Select(entry => entry.Value.bytes.ToArray())];
                task.Model.Dispose();
                Assert.True(start >= ends.Length, "it ended before it was killed");
                return new Ran(weights, records, notices);
            }
            catch (Exception error) when (error is InvalidOperationException { Message: "killed" } or OperationCanceledException)
            {
                task.Model.Dispose();
                between?.Invoke();
            }
        }
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    /// <summary>Keeps the last record of each step, without what depends on the clock.</summary>
    private sealed class Watch(Action<int> each, Dictionary<string, string>? records = null, List<string>? notices = null)
        : ITrainingObserver
    {
        private int _count;

        public void Stepped(TrainingProgress progress) => each(++_count);

        public void Logged(TrainRecord record) => Keep(record with { Time = default, TokensPerSecond = 0 });

        public void Validated(EpochRecord record) => Keep(record with { Time = default, Seconds = 0 });

        public void Noticed(string message) => notices?.Add(message);

        private void Keep(MetricsRecord record)
        {
            if (records is not null)
                records[$"{record.GetType().Name} {record.Step}"] = JsonLines.Line(record);
        }
    }
}
