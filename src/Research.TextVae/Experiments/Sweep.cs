namespace Research.TextVae.Experiments;

/// <summary>
/// One quantity varied over some values, everything else and the seed held fixed: a list of independent trials, and what
/// is expected of them.
/// </summary>
public sealed class Sweep
{
    private readonly Func<double, Trial> member;
    private readonly List<(string Text, Func<SweepResults, Verdict> Check)> expectations = [];

    internal Sweep(string symbol, IReadOnlyList<double> values, Func<double, Trial> member)
    {
        Symbol = symbol;
        Values = values;
        this.member = member;
    }

    /// <summary>The varied quantity's symbol, <c>β</c> for instance.</summary>
    public string Symbol { get; }

    /// <summary>Its values, in the order of the report.</summary>
    public IReadOnlyList<double> Values { get; }

    /// <summary>What the sweep is about, for the head of the report.</summary>
    public string Description { get; private set; } = "";

    /// <summary>Trials of each value, with seeds s, s + 1, ….</summary>
    public int SeedsPerValue { get; private set; } = 1;

    /// <summary>The claims, in the order they were stated.</summary>
    public IReadOnlyList<(string Text, Func<SweepResults, Verdict> Check)> Expectations => expectations;

    /// <summary>Says what the sweep is about.</summary>
    public Sweep About(string text)
    {
        Description = text;
        return this;
    }

    /// <summary>Repeats each value with several seeds, to show the spread.</summary>
    public Sweep Seeds(int count)
    {
        SeedsPerValue = Require.AtLeast(1, count);
        return this;
    }

    /// <summary>States a claim; the run ends with exit code 1 when it does not hold.</summary>
    public Sweep Expect(string text, Func<SweepResults, Verdict> check)
    {
        expectations.Add((text, check));
        return this;
    }

    /// <summary>The trial of a value.</summary>
    internal Trial Trial(double value) => member(value);
}
