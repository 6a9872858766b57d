using Research.TextVae.Reports;
using Research.TextVae.Support;
using Spectre.Console;

namespace Research.TextVae.Experiments;

/// <summary>What a recipe returns: independent members, what is made of their results, and what is expected of them.</summary>
public abstract class Experiment
{
    private protected Experiment()
    {
    }

    /// <summary>What it is about, for the head of the report.</summary>
    public string Description { get; private protected set; } = "";

    /// <summary>Times each member is done, with seeds s, s + 1, ….</summary>
    public int SeedCount { get; private protected set; } = 1;

    /// <summary>The text it works on in one line; empty where there is none.</summary>
    internal virtual string DataSummary => "";

    /// <summary>What it consists of, in the order it is done in.</summary>
    internal abstract IReadOnlyList<MemberDescription> Members(ulong seed);

    /// <summary>The texts it works on, by name with the SHA-256 of their content.</summary>
    internal virtual IEnumerable<(string Name, string Sha256)> Data => [];

    /// <summary>Whether an earlier start of the run has measured a member.</summary>
    internal abstract bool IsFinished(MemberDescription member, RunContext context);

    /// <summary>Does a member, or reads what an earlier start of the run has already measured. Called once for each, in order.</summary>
    internal abstract void Run(MemberDescription member, RunContext context);

    /// <summary>The claims, judged by the results of all members.</summary>
    internal abstract IReadOnlyList<(string Text, Check Verdict)> Judge();

    /// <summary>The figures that a table of all recipes shows.</summary>
    internal abstract IReadOnlyList<Headline> Headlines();

    /// <summary>The results as a table for the terminal.</summary>
    internal abstract Table ToTable();

    /// <summary>The results as sections of a page.</summary>
    internal abstract void Report(HtmlReport report, RunContext context);

    /// <summary>The key numbers at its head.</summary>
    internal virtual IEnumerable<Tile> Tiles() => [];
}

/// <summary>The words every kind of experiment is described with.</summary>
/// <typeparam name="TSelf">The kind.</typeparam>
/// <typeparam name="TResults">What its expectations are stated about.</typeparam>
public abstract class Experiment<TSelf, TResults> : Experiment
    where TSelf : Experiment<TSelf, TResults>
{
    private readonly List<(string Text, Func<TResults, Check> Check)> _expectations = [];
    private readonly List<(string System, string Documents, Func<TResults, string> Figure)> _headlines = [];

    private protected Experiment()
    {
    }

    /// <summary>The results of the members done so far.</summary>
    private protected abstract TResults Results { get; }

    /// <summary>Says what the experiment is about.</summary>
    public TSelf About(string text)
    {
        Description = text;
        return (TSelf)this;
    }

    /// <summary>Repeats each member with several seeds, to show the spread.</summary>
    public TSelf Seeds(int count)
    {
        SeedCount = Require.AtLeast(1, count);
        return (TSelf)this;
    }

    /// <summary>States a claim; the run ends with exit code 1 when it does not hold.</summary>
    public TSelf Expect(string text, Func<TResults, Check> check)
    {
        _expectations.Add((text, check));
        return (TSelf)this;
    }

    /// <summary>Says which system of which documents the experiment shows, with its measured figure in a few words.</summary>
    public TSelf Headline(string system, string documents, Func<TResults, string> figure)
    {
        _headlines.Add((system, documents, figure));
        return (TSelf)this;
    }

    internal sealed override IReadOnlyList<(string Text, Check Verdict)> Judge() =>
        [.. _expectations.Select(expectation => (expectation.Text, expectation.Check(Results)))];

    internal sealed override IReadOnlyList<Headline> Headlines() =>
        [.. _headlines.Select(headline => new Headline(headline.System, headline.Documents, headline.Figure(Results)))];
}

/// <summary>Whether an expectation held, and the figures that decided it.</summary>
public readonly record struct Check(bool Held, string Detail)
{
    /// <summary>A check from its verdict and the figures that decided it.</summary>
    public static implicit operator Check((bool Held, string Detail) verdict) => new(verdict.Held, verdict.Detail);
}

/// <summary>A system, where it is described, and what was measured of it.</summary>
public sealed record Headline(string System, string Documents, string Figure);

/// <summary>One member of a run: its <c>members/&lt;name&gt;/config.json</c>.</summary>
/// <param name="Config">What it consists of, for a reader; none when the recipe's own code is the only description.</param>
public sealed record MemberDescription(string Name, ulong Seed, object? Config);
