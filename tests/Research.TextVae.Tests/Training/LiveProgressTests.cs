using System.Text.RegularExpressions;
using Research.TextVae.Evaluation;
using Research.TextVae.Training;

namespace Research.TextVae.Tests.Training;

/// <summary>What a cell shows while it trains.</summary>
public sealed class LiveProgressTests
{
    private readonly Clock _clock = new();
    private readonly List<string> _shown = [];

    [Fact]
    public void Nothing_is_shown_of_a_training_shorter_than_a_second()
    {
        var live = new LiveProgress(_clock, Show);
        Step(live, 0.9, 1);
        live.Finish();

        Assert.Empty(_shown);
    }

    [Fact]
    public void The_line_changes_twice_per_second_and_the_curve_grows()
    {
        var live = new LiveProgress(_clock, Show);
        for (var step = 1; step <= 30; step++)
            Step(live, 0.1, step);
        live.Validated(new EpochRecord
        {
            Step = 30,
            Epoch = 1,
            Time = default,
            Objective = 42,
            Metrics = new LikelihoodMetrics { Examples = 1, Tokens = 1, Reconstruction = 42 },
            Seconds = 3,
        });
        live.Finish();

        // At 1, 1.5, 2, 2.5 and 3 seconds, and at the end.
        Assert.Equal(6, _shown.Count);
        Assert.Contains(
            "epoch 1 of 2, batch 10 of 40 · reconstruction 90.00, KL 1.50 with weight 0.5", _shown[0], StringComparison.Ordinal);
        Assert.Equal([0, 2, 3, 4, 5, 5], _shown.Select(Points));
        Assert.Contains("1 epoch in 0:03 · validation loss 42.00 → 42.00 nats", _shown[^1], StringComparison.Ordinal);
        Assert.Single(Regex.Matches(_shown[^1], "<circle"));
    }

    [Fact]
    public void Where_there_is_no_cell_it_asks_once()
    {
        var asked = 0;
        var live = new LiveProgress(_clock, _ =>
        {
            asked++;
            return null;
        });
        for (var step = 1; step <= 30; step++)
            Step(live, 1, step);
        live.Finish();

        Assert.Equal(1, asked);
    }

    private static int Points(string html) =>
        Regex.Match(html, "points=\"([^\"]*)\"") is { Success: true } match ? match.Groups[1].Value.Split(' ').Length : 0;

    private Action<string> Show(string html)
    {
        _shown.Add(html);
        return _shown.Add;
    }

    private void Step(LiveProgress live, double seconds, int batch)
    {
        _clock.Now += (long)Math.Round(seconds * _clock.TimestampFrequency);
        live.Stepped(new TrainingProgress(1, 2, batch, 40, 100 - batch, 1.5, 0.5, 1234, TimeSpan.FromSeconds(9)));
    }

    private sealed class Clock : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Now;
    }
}
