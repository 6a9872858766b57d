using System.Diagnostics;
using System.Text.RegularExpressions;
using Research.TextVae.Support;
using static Microsoft.Playwright.Assertions;

namespace Research.TextVae.Explorer.Tests;

/// <summary>The commands as processes of their own.</summary>
[Collection(TrainedModels.Name)]
public sealed partial class CommandTests(TrainedModels models)
{
    [Fact]
    public async Task Explore_prints_its_address_and_ends_by_an_interrupt()
    {
        using var process = Start("explore", models.Run, "--member", "VAE", "--sentences", "20", "--no-browser");
        using var ended = new Ended(process);
        var address = await Address(process.StandardOutput);

        await using var page = await models.Open(address);
        await Expect(page.Tab.Locator(".dots circle")).ToHaveCountAsync(20);
        await Expect(page.Tab.Locator("h1")).ToHaveTextAsync("tiny · VAE");

        Process.Start("kill", ["-INT", $"{process.Id}"]).WaitForExit();
        Assert.True(process.WaitForExit(60_000));
        Assert.Equal(ExitCode.Success, process.ExitCode);
        Assert.Equal("", await process.StandardError.ReadToEndAsync());
    }

    [Theory]
    [InlineData("--sentences is 1; give 2 to 5000.", "--sentences", "1")]
    [InlineData("--port is 70000; give 1 to 65535, or leave it out for any free port.", "--port", "70000")]
    [InlineData("RUN/members/VAE was trained on 'none.txt': 'none.txt' is neither a file nor a known data set", "--data", "none.txt")]
    public async Task A_mistake_is_one_line(string expected, params string[] arguments)
    {
        using var process = Start(["explore", models.Run, "--member", "VAE", "--no-browser", .. arguments]);
        var error = await process.StandardError.ReadToEndAsync();
        process.WaitForExit();

        Assert.Equal(ExitCode.UserError, process.ExitCode);
        Assert.StartsWith($"error: {expected}", error.Replace(models.Run, "RUN", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(1, error.Count(character => character == '\n'));
    }

    /// <summary>The recipe waits for a file between its members, so that the page can be looked at while it runs.</summary>
    [Fact]
    public async Task A_run_shows_its_report_while_it_grows()
    {
        var folder = Directory.CreateTempSubdirectory("textvae-live-").FullName;
        var go = Path.Combine(folder, "go");
        var recipe = Path.Combine(folder, "growing.csx");
        await File.WriteAllTextAsync(recipe, $$"""
            #load "prelude.csx"
            return Recipe.Run(Args, "growing", "A run that grows", recipe =>
            {
                var data = recipe.Data(@"{{models.FewWords}}", new TextOptions { Validation = 0.2, Test = 0.2 });
                var config = new LstmVaeConfig { EmbeddingSize = 8, HiddenSize = 8, LatentSize = 2 };
                var training = new TrainingOptions { Epochs = 3, LogEvery = 1 };
                return recipe.Study().Columns(Metric.Kl)
                    .Variant("first", variant => variant.Train(config, data, new ElboObjective(), training))
                    .Variant("second", variant =>
                    {
                        while (!File.Exists(@"{{go}}")) System.Threading.Thread.Sleep(50);
                        variant.Train(config, data, new ElboObjective(), training);
                    });
            });
            """);
        using var process = Start("run", recipe, "--live", "--no-browser", "--runs", folder);
        using var ended = new Ended(process);
        _ = process.StandardOutput.ReadToEndAsync();
        var address = await Address(process.StandardError);

        await using var page = await models.Open(address);
        await Expect(page.Tab.Locator(".member.done h2")).ToContainTextAsync("first");
        await Expect(page.Tab.Locator(".member.done polyline")).ToHaveCountAsync(2);
        await Expect(page.Tab.Locator(".member.begun h2")).ToContainTextAsync("second");
        await Expect(page.Tab.Locator("h1")).ToHaveTextAsync("A run that grows");
        Assert.False(process.HasExited);
        await File.WriteAllTextAsync(go, "");

        await page.Tab.WaitForURLAsync(new Regex("/report$"));
        await Expect(page.Tab.Locator("html[data-figures=drawn]")).ToHaveCountAsync(1);
        await Expect(page.Tab.Locator("h1")).ToHaveTextAsync("A run that grows");
        Assert.True(process.WaitForExit(60_000));
        Assert.Equal(ExitCode.Success, process.ExitCode);
        Assert.Empty(page.Complaints);
        Assert.All(page.Requests, url => Assert.Matches($"^({Regex.Escape(address.AbsoluteUri)}|data:|blob:)", url));
        Directory.Delete(folder, recursive: true);
    }

    private static Process Start(params string[] arguments) => Process.Start(
        // A suite that runs in the background hands on that SIGINT is ignored.
        new ProcessStartInfo(
            "env", ["--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, "textvae.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    private static async Task<Uri> Address(StreamReader lines)
    {
        while (await lines.ReadLineAsync() is { } line)
        {
            if (AddressIn().Match(line) is { Success: true } found)
                return new Uri(found.Value);
        }

        throw new InvalidOperationException("No address was printed.");
    }

    // Whatever became of the test.
    private sealed class Ended(Process process) : IDisposable
    {
        public void Dispose()
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+/[0-9a-f]+/")]
    private static partial Regex AddressIn();
}
