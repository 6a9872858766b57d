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

    /// <summary>Texts that do not stand out from their ground: WCAG 2 contrast of each with the nearest opaque ground behind it, below
    /// 4.5.</summary>
    /// <param name="written">What is looked at, as a CSS selector.</param>
    public Task<string[]> FaintTexts(string written) => Tab.EvaluateAsync<string[]>("""
        written => {
          const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
          const channels = color => {
            canvas.clearRect(0, 0, 1, 1);
            canvas.fillStyle = color;
            canvas.fillRect(0, 0, 1, 1);
            return [...canvas.getImageData(0, 0, 1, 1).data];
          };
          const luminance = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
            .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
          const ground = node => {
            for (; node; node = node.parentElement) {
              const color = channels(getComputedStyle(node).backgroundColor);
              if (color[3] === 255) return color;
            }
            return [255, 255, 255];
          };
          const contrast = (a, b) => {
            const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
            return (x + .05) / (y + .05);
          };
          document.querySelectorAll("details").forEach(details => details.open = true);
          const colour = node => getComputedStyle(node)[node instanceof SVGElement ? "fill" : "color"];
          return [...document.querySelectorAll(written)]
            .filter(node => node.textContent.trim())
            .map(node => [node, contrast(channels(colour(node)), ground(node))])
            .filter(([, ratio]) => ratio < 4.5)
            .map(([node, ratio]) => `${node.tagName} ${node.textContent.slice(0, 30)}: ${ratio.toFixed(2)}`);
        }
        """, written);

    public async ValueTask DisposeAsync() => await Tab.Context.CloseAsync();
}
