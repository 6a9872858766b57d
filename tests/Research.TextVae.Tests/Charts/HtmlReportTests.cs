using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Research.TextVae.Charts;
using Research.TextVae.Reports;

namespace Research.TextVae.Tests.Charts;

public sealed class HtmlReportTests
{
    private static readonly string Page = SampleReport.Build().ToHtml();

    [Fact]
    public void Hostile_texts_are_only_text()
    {
        Assert.Equal(2, Regex.Count(Page, "<script>"));
        Assert.DoesNotContain("<img src=x", Page, StringComparison.Ordinal);
        Assert.DoesNotContain("said </script>", Page, StringComparison.Ordinal);
        Assert.Contains(
            "&lt;script&gt;document.title=&#39;owned&#39;&lt;/script&gt; she said &lt;/script&gt;&lt;!-- &quot;quoted&quot; &amp; "
                + "&#39;so&#39;", Page, StringComparison.Ordinal);
        Assert.Contains("control ␀␇␛[31m\uFFFD and lines", Page, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202E', Page);
        Assert.Equal("\uFFFD and \U0001F600", Html.Escape("\uDE00 and \U0001F600"));
    }

    [Fact]
    public void The_policy_allows_exactly_the_scripts_of_the_page_and_nothing_from_the_network()
    {
        var policy = Regex.Match(Page, "Content-Security-Policy\" content=\"([^\"]+)\"").Groups[1].Value;

        var hashes = Regex.Matches(Page, "<script>(.*?)</script>", RegexOptions.Singleline)
            .Select(script => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script.Groups[1].Value)))}'");
        Assert.Equal(string.Join(' ', hashes), Regex.Match(policy, "script-src (.*)$").Groups[1].Value);
        Assert.StartsWith("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotMatch(
            "<(link|iframe|object|embed|base)\\b", Regex.Replace(Page, "<script>.*?</script>", "", RegexOptions.Singleline));
    }

    [Fact]
    public void A_page_without_data_stays_below_two_megabytes() =>
        Assert.InRange(Encoding.UTF8.GetByteCount(new HtmlReport("t").Figure(Figure.Of(Line.Of([1], [1]))).ToHtml()), 1_000_000, 1_900_000);

    [Fact]
    public void The_vendored_library_is_the_published_one() =>
        Assert.Equal(
            "79542150855A52C567260E3137095DBE2B744E6D702A5CABE67DA246942FBA7A",
            Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(PlotlyScript.Source))));

    [Fact]
    public void Tables_align_numbers_mark_the_best_and_show_what_is_missing()
    {
        var table = ReportTable.Of([("a", 1.234), ("b", -0.5), ("c", double.NaN)]).Text("Name", row => row.Item1)
            .Number("Loss", row => row.Item2, "0.00", Best.Lowest);
        var html = table.ToHtml();

        Assert.Contains("<td class=\"number\" data-sort=\"1.234\">1.23</td>", html, StringComparison.Ordinal);
        Assert.Contains("<td class=\"number best\" data-sort=\"-0.5\">−0.50</td>", html, StringComparison.Ordinal);
        Assert.Contains("<td class=\"number\" data-sort=\"Infinity\">–</td>", html, StringComparison.Ordinal);

        // In a notebook, which has no style for it.
        Assert.Equal(1, System.Text.RegularExpressions.Regex.Count(table.ToPlainHtml(), "<b>"));
        Assert.Contains("<b>−0.50</b>", table.ToPlainHtml(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_model_repeats_takes_one_line()
    {
        const string Same = "i am sure you are not .";
        string[] repeated = [.. Enumerable.Repeat(Same, 16)];
        static string Of(Func<HtmlReport, HtmlReport> add) =>
            Regex.Match(add(new HtmlReport("t")).ToHtml(), "<figure.*</figure>", RegexOptions.Singleline).Value;

        Assert.Equal($"16 of 16 samples are the same: {Same}", SampleTexts.Summary(repeated));
        Assert.Equal($"16 of 17 samples are the same: {Same}\nanother", SampleTexts.Summary(["another", .. repeated]));
        Assert.Equal("3 different samples of 4:\nb (×2)\na\n(empty)", SampleTexts.Summary(["a", "b", "", "b"]));
        const string Line = $"<span>16 of 16 samples are the same:</span> <bdi>{Same}</bdi>";
        foreach (var once in new[] { Of(page => page.Samples("c", repeated)), Of(page => page.Interpolation("c", repeated)) })
            Assert.Equal((1, true), (Regex.Count(once, Same), once.Contains(Line, StringComparison.Ordinal)));

        // Beside a column that varies, and where a walk stays at a text for a while.
        var table = Of(page => page.Samples("c", ["greedy", "T = 1"], repeated.Select((text, i) => (string[])[text, $"text {i}"])));
        Assert.Contains("<span>greedy: 16 of 16 samples are the same:</span>", table, StringComparison.Ordinal);
        Assert.Equal((1, 16, 1), (Regex.Count(table, Same), Regex.Count(table, "<td "), Regex.Count(table, "<summary>8 more</summary>")));
        var walk = Of(page => page.Interpolation("c", ["a", "a", "a", "b", "a"]));
        Assert.Equal(["0.00–0.50", "0.75", "1.00"], Regex.Matches(walk, "class=\"t\">([^<]+)<").Select(place => place.Groups[1].Value));
    }

    [Fact]
    public void A_deviation_stands_after_its_mean_which_the_column_sorts_by()
    {
        var table = ReportTable.Of([(29.69, 0.12), (2.5, 0.01), (double.NaN, 0)])
            .MeanAndDeviation("Loss", row => row.Item1, row => row.Item2, "0.00", Best.Lowest);

        Assert.Contains("<td class=\"number\" data-sort=\"29.69\">29.69 <span class=\"deviation\">± 0.12</span></td>", table.ToHtml(),
            StringComparison.Ordinal);
        Assert.Contains("<td class=\"number best\" data-sort=\"2.5\">2.50 ", table.ToHtml(), StringComparison.Ordinal);
        Assert.Equal("        Loss\n29.69 ± 0.12\n 2.50 ± 0.01\n           –", table.ToString());
    }

    [Fact]
    public void Writing_replaces_the_file_whole_and_leaves_nothing_beside_it()
    {
        var folder = Directory.CreateTempSubdirectory("textvae-report-");
        try
        {
            var path = Path.Combine(folder.FullName, "new", "report.html");
            new HtmlReport("one").Write(path);
            new HtmlReport("two").Section("only").Text("first\n\nsecond").Write(path);

            Assert.Contains("<p>first</p>\n<p>second</p>", File.ReadAllText(path), StringComparison.Ordinal);
            Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
