using System.Text.RegularExpressions;

namespace Research.TextVae.Notebooks.Tests;

public sealed partial class ReliabilityPageTests
{
    /// <summary>What the page names as proof is there.</summary>
    [Fact]
    public void EveryTestThatThePageNamesExists()
    {
        var tests = Directory.GetFiles(Path.Combine(Checkout.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .ToLookup(path => Path.GetFileNameWithoutExtension(path), File.ReadAllText);
        var named = TestName().Matches(File.ReadAllText(Path.Combine(Checkout.Root, "docs", "reliability.md")));

        Assert.True(named.Count > 20);
        Assert.All(named, name => Assert.Contains(tests[name.Groups[1].Value],
            source => source.Contains($" {name.Groups[2].Value}{(name.Groups[2].Length > 0 ? "(" : "")}", StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"`(\w+Tests)(?:\.(\w+))?`")]
    private static partial Regex TestName();
}
