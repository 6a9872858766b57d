using Research.TextVae.Plots;
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
