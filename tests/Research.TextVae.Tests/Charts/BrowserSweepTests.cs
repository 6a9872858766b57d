using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Research.TextVae.Tests.Charts;

/// <summary>The report of a sweep of full size in a real browser: what a person has to scroll through.</summary>
public sealed class BrowserSweepTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    [Fact]
    public async Task The_report_of_a_sweep_is_short_and_leads_with_the_answer()
    {
        File.Copy(SweepOfRecords.Report(browser.Folder), Path.Combine(browser.Folder, "sweep.html"));
        await using var page = await browser.Open("sweep.html");

        Assert.InRange(await page.Tab.EvaluateAsync<int>("document.documentElement.scrollHeight"), 2000, 8000);
        Assert.Equal(["What was expected", "Rate and distortion"], (await page.Tab.Locator("h2").AllTextContentsAsync()).Take(2));
        await Assertions.Expect(page.Tab.Locator("main > p").First).ToHaveTextAsync(
            new Regex(@"^LSTM VAE, β and posterior collapse: KL \d+\.\d → 0\.00 nats\.$"));
        // Of its mean and its deviation a cell makes two lines at most, and neither breaks.
        Assert.InRange(await page.Tab.EvaluateAsync<double>(
            "Math.max(...[...document.querySelectorAll('td')].filter(td => td.textContent.includes(' ± '))"
                + ".map(td => td.clientHeight / parseFloat(getComputedStyle(td).lineHeight)))"), 1, 2.9);

        // What a collapsed model repeats is said in a line; the rest opens at a click.
        await Assertions.Expect(page.Tab.Locator("td", new() { HasText = $"16 of 16 samples are the same: {SweepOfRecords.Collapsed}" }))
            .ToHaveCountAsync(1);
        var last = page.Tab.Locator("section > details.fold").Last;
        await Assertions.Expect(last.Locator("figure").First).ToBeHiddenAsync();
        await last.Locator("summary").First.ClickAsync();
        await Assertions.Expect(last.Locator("figure").Last).ToContainTextAsync("32 of 32 samples are the same:");
        await Assertions.Expect(last.Locator("figure").Last).ToBeVisibleAsync();
        Assert.InRange(await last.EvaluateAsync<int>("details => details.offsetHeight"), 200, 900);
        Assert.Empty(page.Complaints);

        await using var phone = await browser.Open("sweep.html", 390);
        await phone.Tab.EvaluateAsync("document.querySelectorAll('details').forEach(details => details.open = true)");
        Assert.Equal(390, await phone.Tab.EvaluateAsync<int>("document.documentElement.scrollWidth"));
    }
}
