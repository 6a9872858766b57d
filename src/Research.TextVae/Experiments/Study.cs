using System.Globalization;
using Research.TextVae.Reports;
using Research.TextVae.Support;
using Research.TextVae.Text;
using Spectre.Console;
using TorchSharp;

namespace Research.TextVae.Experiments;

/// <summary>
/// Variants of any kind side by side: each is a function that trains and measures models and records numbers, curves and texts.
/// What a finished variant has recorded is kept, so a run that was stopped continues with the next variant.
/// </summary>
/// <example><code>
/// recipe.Study()
///     .Columns(Metric.Perplexity)
///     .Variant("LSTM", variant => { …; variant.Record(Metric.Perplexity, perplexity); })
///     .Variant("Transformer", variant => …)
///     .Expect("the LSTM beats the Transformer", study => study.Less(Metric.Perplexity, "LSTM", "Transformer"));
/// </code></example>
public sealed class Study : Experiment<Study, StudyResults>
{
    private readonly List<Metric> _columns = [];
    private readonly List<(string Name, Action<Variant> Code)> _members = [];
    private readonly Dictionary<string, (string Member, Action<Variant> Code)> _planned = [];
    private readonly List<MemberResult> _results = [];
    private Action<StudyReport>? _report;
    private string _data = "";

    internal Study()
    {
    }

    internal override string DataSummary => _data;

    private protected override StudyResults Results =>
        new([.. _results.GroupBy(result => result.Member).Select(group => new StudyRow(group.Key, [.. group]))]);

    /// <summary>The columns of the table, in this order; seconds are added by themselves.</summary>
    /// <param name="metrics">What variants record.</param>
    public Study Columns(params IEnumerable<Metric> metrics)
    {
        _columns.AddRange(metrics);
        return this;
    }

    /// <summary>A variant: what it does must follow from its seed alone.</summary>
    public Study Variant(string name, Action<Variant> code)
    {
        if (_members.Any(member => member.Name == name))
            throw new ArgumentException($"There are two variants \"{name}\".", nameof(name));
        _members.Add((FolderName.Require(name, "variant"), code));
        return this;
    }

    /// <summary>The text the variants work on, for the head of the run.</summary>
    public Study On(TextData text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return On(text.Summary);
    }

    /// <summary>What the variants work on, in a line.</summary>
    public Study On(string description)
    {
        _data = description;
        return this;
    }

    /// <summary>Sections of the page beside the table and the texts.</summary>
    public Study Report(Action<StudyReport> write)
    {
        _report = write;
        return this;
    }

    internal override IReadOnlyList<MemberDescription> Members(ulong seed)
    {
        if (_members.Count == 0)
            throw new UserException("the study has no variant; describe at least one with Variant.");
        var descriptions = new List<MemberDescription>();
        foreach (var (name, code) in _members)
        {
            for (var repeat = 0; repeat < SeedCount; repeat++)
            {
                var full = SeedCount == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name} seed={seed + (ulong)repeat}");
                _planned[full] = (name, code);
                descriptions.Add(new MemberDescription(full, seed + (ulong)repeat, null));
            }
        }

        return descriptions;
    }

    internal override bool IsFinished(MemberDescription member, RunContext context) =>
        MemberResult.Read(context.Folder, ResultOf(member)) is not null;

    internal override void Run(MemberDescription member, RunContext context)
    {
        var file = ResultOf(member);
        var result = MemberResult.Read(context.Folder, file);
        if (result is null)
        {
            var (name, code) = _planned[member.Name];
            result = new MemberResult { Member = name, Seed = member.Seed };
            var started = context.Time.GetTimestamp();
            using (torch.NewDisposeScope())
            using (var variant = new Variant(context, member, result))
            {
                torch.manual_seed(unchecked((long)member.Seed));
                code(variant);
            }

            result.Seconds = context.Time.GetElapsedTime(started).TotalSeconds;
            result.Values[Metric.Seconds.Name] = result.Seconds;
            context.Folder.Write(file, result);
        }

        _results.Add(result);
        context.Console.EndMember(string.Join("  ", Shown.Where(column => result.Values.ContainsKey(column.Name)).Select(column =>
            $"{column.Name} {result.Values[column.Name].ToString(column.Format, CultureInfo.InvariantCulture)}")));
    }

    internal override Table ToTable() => new StudyTable([.. Shown], Results).ToSpectre();

    internal override void Report(HtmlReport report, RunContext context)
    {
        var seeds = SeedCount == 1 ? "One seed." : $"{SeedCount} seeds, mean ± standard deviation.";
        report.Section("Results").Table(new StudyTable([.. Shown], Results).ToReport(), $"{seeds} s: seconds to train and measure.");
        var page = new StudyReport(report, context.Folder, Results);
        if (_report is { } write)
            write(page);
        else if (_results.Any(result => result.Texts.Count > 0))
            page.Section("Texts").Texts();
    }

    private static string ResultOf(MemberDescription member) => Path.Combine("members", member.Name, "result.json");

    private IEnumerable<Metric> Shown => _columns.Append(Metric.Seconds);
}
