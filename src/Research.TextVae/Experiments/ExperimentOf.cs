namespace Research.TextVae.Experiments;

/// <summary>The words every kind of experiment is described with.</summary>
/// <typeparam name="TSelf">The kind.</typeparam>
/// <typeparam name="TResults">What its expectations are stated about.</typeparam>
public abstract class Experiment<TSelf, TResults> : Experiment
    where TSelf : Experiment<TSelf, TResults>
{
    private readonly List<(string Text, Func<TResults, Check> Check)> expectations = [];
    private readonly List<(string System, string Documents, Func<TResults, string> Figure)> headlines = [];

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
        expectations.Add((text, check));
        return (TSelf)this;
    }

    /// <summary>Says which system of which documents the experiment shows, with its measured figure in a few words.</summary>
    public TSelf Shows(string system, string documents, Func<TResults, string> figure)
    {
        headlines.Add((system, documents, figure));
        return (TSelf)this;
    }

    internal sealed override IReadOnlyList<(string Text, Check Verdict)> Judge() =>
        [.. expectations.Select(expectation => (expectation.Text, expectation.Check(Results)))];

    internal sealed override IReadOnlyList<Headline> Headlines() =>
        [.. headlines.Select(headline => new Headline(headline.System, headline.Documents, headline.Figure(Results)))];
}
