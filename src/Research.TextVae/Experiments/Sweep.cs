using System.Globalization;
using Research.TextVae.Reports;
using Research.TextVae.Support;
using Research.TextVae.Training;
using Spectre.Console;

namespace Research.TextVae.Experiments;

/// <summary>
/// One quantity varied over some values, everything else and the seed held fixed: a list of independent trials, and what
/// is expected of them.
/// </summary>
public sealed class Sweep : Experiment<Sweep, SweepResults>
{
    private readonly Func<double, Trial> _trialOf;
    private readonly Dictionary<string, (double Value, Trial Trial)> _trials = [];
    private readonly List<TrialResult> _results = [];

    internal Sweep(string symbol, IReadOnlyList<double> values, Func<double, Trial> trialOf)
    {
        Symbol = symbol;
        Values = values;
        _trialOf = trialOf;
    }

    /// <summary>The varied quantity's symbol, <c>β</c> for instance.</summary>
    public string Symbol { get; }

    /// <summary>Its values, in the order of the report.</summary>
    public IReadOnlyList<double> Values { get; }

    internal override string DataSummary => First.Data.Summary;

    internal override IEnumerable<(string Name, string Sha256)> Data =>
        _trials.Values.Select(trial => trial.Trial.Data.Corpus).DistinctBy(corpus => corpus.Name)
            .Select(corpus => (corpus.Name, corpus.Sha256));

    private protected override SweepResults Results =>
        new([.. _results.GroupBy(result => result.Value).Select(group => new SweepPoint(group.Key, [.. group]))]);

    private Trial First => _trials.Values.First().Trial;

    internal override IReadOnlyList<MemberDescription> Members(ulong seed)
    {
        if (Values.Count == 0)
            throw new UserException($"the sweep over {Symbol} has no value; give at least one.");
        var members = new List<MemberDescription>();
        foreach (var value in Values)
        {
            var trial = _trialOf(value);
            for (var repeat = 0; repeat < SeedCount; repeat++)
            {
                var name = string.Create(
                    CultureInfo.InvariantCulture, $"{Symbol}={value}{(SeedCount == 1 ? "" : $" seed={seed + (ulong)repeat}")}");
                _trials[name] = (value, trial);
                members.Add(new MemberDescription(name, seed + (ulong)repeat, TrialDescription.Of(trial)));
            }
        }

        return members;
    }

    internal override bool IsFinished(MemberDescription member, RunContext context) =>
        context.Metrics(member).Records.OfType<FinalRecord>().Any();

    internal override void Run(MemberDescription member, RunContext context)
    {
        var (value, trial) = _trials[member.Name];
        _results.Add(new TrialRunner(context, member, value, trial).Run());
    }

    internal override Table ToTable() => new SweepTable(this, Results).ToSpectre();

    internal override IEnumerable<Tile> Tiles() => new SweepReport(this, Results, First.Data).Tiles();

    internal override void Report(HtmlReport report, RunContext context) =>
        new SweepReport(this, Results, First.Data).Write(report, context.Folder);
}
