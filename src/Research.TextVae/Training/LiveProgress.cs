using System.Globalization;
using System.Text;

namespace Research.TextVae.Training;

/// <summary>
/// Training in a notebook's cell: a line that says how far it is and a curve of the loss that grows. It appears after a second, so
/// that short trainings leave the output alone, and changes twice per second at most.
/// </summary>
/// <param name="time">When the line is due.</param>
/// <param name="show">Shows markup and returns what replaces it; null where there is no cell.</param>
internal sealed class LiveProgress(TimeProvider time, Func<string, Action<string>?> show) : ITrainingObserver
{
    private const int Width = 480, Height = 96, Margin = 6, MostPoints = 160;

    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1), Interval = TimeSpan.FromSeconds(0.5);

    private readonly long _start = time.GetTimestamp();
    private readonly List<(double Epoch, double Loss)> _train = [], _validation = [];
    private TimeSpan _next = Delay;
    private Action<string>? _replace;
    private bool _shows = true;
    private string _line = "";

    /// <inheritdoc/>
    public void Stepped(TrainingProgress progress)
    {
        var elapsed = time.GetElapsedTime(_start);
        if (elapsed < _next || !_shows)
            return;
        _next = elapsed + Interval;
        var epochs = progress.Epoch - 1 + ((double)progress.Batch / progress.Batches);
        _train.Add((epochs, progress.Reconstruction + (progress.Kl ?? 0)));
        _line = string.Create(CultureInfo.InvariantCulture,
            $"epoch {progress.Epoch} of {progress.Epochs}, batch {progress.Batch} of {progress.Batches} · reconstruction "
                + $"{progress.Reconstruction:0.00}{Terms(progress.Kl, progress.KlWeight)} · "
                + $"{progress.TokensPerSecond:n0} tokens per second · {progress.Remaining:m\\:ss} left");
        Draw();
    }

    /// <inheritdoc/>
    public void Logged(TrainRecord record)
    {
    }

    /// <inheritdoc/>
    public void Validated(EpochRecord record) => _validation.Add((record.Epoch, record.Metrics.NegativeElbo));

    /// <summary>Says what came of it.</summary>
    public void Finish()
    {
        if (_replace is null)
            return;
        var epochs = _validation.Count == 1 ? "1 epoch" : $"{_validation.Count} epochs";
        _line = string.Create(CultureInfo.InvariantCulture,
            $"{epochs} in {time.GetElapsedTime(_start):m\\:ss} · validation loss {_validation[0].Loss:0.00} → "
                + $"{_validation.Min(point => point.Loss):0.00} nats");
        Draw();
    }

    private static string Terms(double? kl, double? weight) =>
        kl is null ? "" : string.Create(CultureInfo.InvariantCulture, $", KL {kl:0.00} with weight {weight:0.##}");

    private void Draw()
    {
        var html = $"<div style=\"font-family:monospace\">{_line}</div>{Curve()}";
        if (_replace is not null)
            _replace(html);
        else
            _shows = (_replace = show(html)) is not null;
    }

    /// <summary>Loss in nats per example by epoch: training as a line, validation as dots.</summary>
    private string Curve()
    {
        var points = _train.Concat(_validation).ToList();
        if (_train.Count < 2)
            return "";
        var (left, right) = (points.Min(point => point.Epoch), points.Max(point => point.Epoch));
        var (low, high) = (points.Min(point => point.Loss), points.Max(point => point.Loss));
        var svg = new StringBuilder();
        var every = (_train.Count + MostPoints - 1) / MostPoints;
        var line = string.Join(' ', _train.Where((_, i) => i % every == 0).Select(point => $"{X(point.Epoch)},{Y(point.Loss)}"));
        svg.Append(CultureInfo.InvariantCulture, $"<svg width=\"{Width}\" height=\"{Height}\" viewBox=\"0 0 {Width} {Height}\" ")
            .Append("style=\"max-width:100%\" role=\"img\" aria-label=\"training loss (line) and validation loss (dots) by epoch\">")
            .Append(CultureInfo.InvariantCulture, $"<polyline points=\"{line}\" fill=\"none\" stroke=\"#4477aa\" stroke-width=\"1.5\"/>");
        foreach (var (epoch, loss) in _validation)
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(epoch)}\" cy=\"{Y(loss)}\" r=\"3\" fill=\"#cc6677\"/>");
        return svg.Append(Label(high, 14)).Append(Label(low, Height - Margin)).Append("</svg>").ToString();

        string X(double epoch) => Coordinate(Margin + ((Width - 70 - (2 * Margin)) * (epoch - left) / Math.Max(right - left, 1e-9)));

        string Y(double loss) => Coordinate(Height - Margin - ((Height - (2 * Margin)) * (loss - low) / Math.Max(high - low, 1e-9)));

        string Label(double loss, int y) => string.Create(CultureInfo.InvariantCulture,
            $"<text x=\"{Width - 64}\" y=\"{y}\" font-size=\"12\" font-family=\"sans-serif\" fill=\"currentColor\">{loss:0.0} nats</text>");
    }

    private static string Coordinate(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
