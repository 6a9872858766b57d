using System.Globalization;
using Research.TextVae.Evaluation;
using Research.TextVae.Reports;
using Research.TextVae.Training;
using Spectre.Console;

namespace Research.TextVae.Experiments;

/// <summary>
/// What a person sees while a recipe runs: one line that changes in a terminal, a line every few seconds elsewhere, a
/// table and the expectations at the end.
/// </summary>
internal sealed class RunConsole(IAnsiConsole console, TimeProvider time)
{
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LiveInterval = TimeSpan.FromMilliseconds(100);

    private readonly bool _live = console.Profile.Out.IsTerminal && console.Profile.Capabilities.Ansi;
    private long _lastShown = time.GetTimestamp();
    private readonly object _relaying = new();
    private string _member = "";

    /// <summary>What is about to run, before its data are read.</summary>
    public void Announce(string title, string recipe, RunOptions options)
    {
        console.MarkupLineInterpolated($"[bold]{title}[/]");
        Line($"  recipe  {recipe}, {options.Preset.ToString().ToLowerInvariant()} size, seed {options.Seed}, {options.Device}");
    }

    public void Begin(RunFolder folder, string data)
    {
        if (data.Length > 0)
            Line($"  data    {data}");
        Line($"  run     {Path.GetRelativePath(Directory.GetCurrentDirectory(), folder.Path)}");
    }

    public void BeginMember(string name, int number, int count)
    {
        _member = $"[{number}/{count}] {name}";
        Line(_member);
    }

    public void Stepped(TrainingProgress progress) => Progress(() => string.Create(
        CultureInfo.InvariantCulture,
        $"  epoch {progress.Epoch}/{progress.Epochs}  batch {progress.Batch}/{progress.Batches}  {Terms(progress)}  "
            + $"{progress.TokensPerSecond:#,0} tok/s  {Clock(progress.Remaining)} left"));

    public void Measuring(string what, long done, long count) =>
        Progress(() => string.Create(CultureInfo.InvariantCulture, $"  {what}: {done:#,0}/{count:#,0}"));

    public void Validated(EpochRecord record)
    {
        var metrics = record.Metrics;
        var text = metrics is VaeMetrics vae
            ? $"validation reconstruction {vae.Reconstruction:0.00}  KL {vae.Kl:0.00}  −ELBO {vae.NegativeElbo:0.00}  PPL "
                + $"{Perplexity(vae)}  MI {vae.MutualInformation:0.00}  AU {vae.ActiveUnitsText}"
            : $"validation loss {metrics.Reconstruction:0.00}  PPL {Perplexity(metrics)}";
        Line($"  epoch {record.Epoch}: {text}  {Clock(TimeSpan.FromSeconds(record.Seconds))}");
    }

    /// <summary>Prints a variant's final results.</summary>
    public void EndMember(string text) => Line("  " + text);

    /// <summary>A line of a process that does members of this run.</summary>
    public void Relay(int worker, string line)
    {
        lock (_relaying)
            Line(string.Create(CultureInfo.InvariantCulture, $"{worker} │ {line}"));
    }

    /// <summary>Something unusual that the run goes on from.</summary>
    public void Note(string text) => Line("  note: " + text);

    /// <summary>A length of time as a clock shows it.</summary>
    public static string Clock(TimeSpan span) =>
        span.TotalHours >= 1
            ? span.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture)
            : span.ToString(@"m\:ss", CultureInfo.InvariantCulture);

    public void Interrupted(RunFolder folder) => Line($"Stopped; everything up to here is kept. Continue with --resume {folder.Id}");

    public void End(Table results, IReadOnlyList<ExpectationResult> outcomes, RunFolder folder)
    {
        ClearLive();
        console.WriteLine();
        console.Write(results);
        foreach (var outcome in outcomes)
        {
            var (colour, mark) = outcome.Passed switch { true => ("green", "✓"), false => ("red", "✗"), null => ("grey", "–") };
            console.MarkupLine($"[{colour}]{mark}[/] {Markup.Escape(outcome.Text)}  [grey]{Markup.Escape(outcome.Detail)}[/]");
        }

        if (outcomes.Any(outcome => outcome.Passed is null))
            console.MarkupLine("[grey]– not checked: the smoke size is too small to tell[/]");
        console.WriteLine();
        Line($"report: {Path.GetRelativePath(Directory.GetCurrentDirectory(), folder.Report)}");
    }

    private static string Terms(TrainingProgress progress) => progress.Kl is not null
        ? FormattableString.Invariant($"reconstruction {progress.Reconstruction:0.00}  KL {progress.Kl:0.00} × {progress.KlWeight:0.###}")
        : FormattableString.Invariant($"loss {progress.Reconstruction:0.00}");

    private void Progress(Func<string> text)
    {
        if (time.GetElapsedTime(_lastShown) < (_live ? LiveInterval : PlainInterval))
            return;
        _lastShown = time.GetTimestamp();
        var line = text();
        if (!_live)
        {
            console.Profile.Out.Writer.WriteLine(line);
            return;
        }

        // Cut to the window, or the terminal would wrap and the line could not be overwritten.
        var width = Math.Max(20, console.Profile.Width - 1);
        console.Profile.Out.Writer.Write("\r\u001b[2K" + (line.Length > width ? line[..width] : line));
        console.Profile.Out.Writer.Flush();
    }

    private void Line(string text)
    {
        ClearLive();
        console.Profile.Out.Writer.WriteLine(text);
        console.Profile.Out.Writer.Flush();
    }

    private void ClearLive()
    {
        if (_live)
            console.Profile.Out.Writer.Write("\r\u001b[2K");
    }

    // That of a density, of pictures for instance, can be beyond all measure.
    private static string Perplexity(LikelihoodMetrics metrics) =>
        metrics.Perplexity.ToString(metrics.Perplexity < 1e6 ? "0.0" : "0.0e0", CultureInfo.InvariantCulture);
}
