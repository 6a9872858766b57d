using Microsoft.Playwright;
using Research.TextVae.Charts;

namespace Research.TextVae.Tests.Charts;

/// <summary>One Chromium for all browser tests, and the sample report as a file. Needs Debian's chromium: apt-get install
/// chromium.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private const string Drawn = "html[data-figures=drawn]";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("textvae-browser-");
    private IPlaywright? _playwright;
    private readonly Dictionary<(int Width, ColorScheme Scheme), BrowserPage> _reports = [];
    private IBrowser? _browser;

    public string Folder => _folder.FullName;

    public async Task InitializeAsync()
    {
        SampleReport.Build().Write(Path.Combine(Folder, "report.html"));
        var executable = Chromium.Find();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = executable,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"],
        });
    }

    /// <summary>The sample report, opened once a width and scheme; for tests that leave it as it is.</summary>
    public async Task<BrowserPage> Report(int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        if (!_reports.TryGetValue((width, scheme), out var page))
            _reports[(width, scheme)] = page = await Open("report.html", width, scheme);
        return page;
    }

    /// <summary>Writes a page and opens it offline.</summary>
    public async Task<BrowserPage> Open(string file, string content, string ready = Drawn)
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, file), content);
        return await Open(file, ready: ready);
    }

    /// <summary>Opens a file of the folder offline and waits until its figures are drawn.</summary>
    public async Task<BrowserPage> Open(string file, int width = 1280, ColorScheme scheme = ColorScheme.Light, string ready = Drawn)
    {
        var context = await _browser!.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = 900 },
            ColorScheme = scheme,
            Offline = true,
        });
        var page = new BrowserPage(await context.NewPageAsync());
        await page.Tab.GotoAsync(new Uri(Path.Combine(Folder, file)).AbsoluteUri);
        await page.Tab.WaitForSelectorAsync(ready, new() { State = WaitForSelectorState.Attached, Timeout = 60_000 });
        return page;
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        _folder.Delete(recursive: true);
    }
}
