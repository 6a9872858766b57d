using Microsoft.Playwright;

namespace Research.TextVae.Tests.Charts;

/// <summary>An open page, with everything it complained about and everything it asked for.</summary>
public sealed class BrowserPage : IAsyncDisposable
{
    public BrowserPage(IPage tab)
    {
        Tab = tab;
        tab.Console += (_, message) => { if (message.Type is "error" or "warning") Complaints.Add(message.Text); };
        tab.PageError += (_, error) => Complaints.Add(error);
        tab.Request += (_, request) => Requests.Add(request.Url);
    }

    public IPage Tab { get; }

    public List<string> Complaints { get; } = [];

    public List<string> Requests { get; } = [];

    public async ValueTask DisposeAsync() => await Tab.Context.CloseAsync();
}
