using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Research.TextVae.Experiments;
using Research.TextVae.Support;

namespace Research.TextVae.Explorer;

/// <summary>Serves the report of a run while it grows: its members with their curves and measurements, and at the end the report
/// itself.</summary>
internal sealed class LiveReport : IAsyncDisposable
{
    // A page asks every second.
    private static readonly TimeSpan Watching = TimeSpan.FromSeconds(4), Longest = TimeSpan.FromSeconds(15);

    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LocalServer _server = null!;
    private RunRecord? _run;
    private long _asked = long.MinValue / 2;
    private volatile bool _ended;

    private LiveReport()
    {
    }

    /// <summary>Where the page is.</summary>
    public Uri Address => _server.Address;

    /// <summary>Starts the server; the page says that nothing has begun until <see cref="Show"/> names a run.</summary>
    /// <param name="port">Where it listens; 0 for any free port.</param>
    public static async Task<LiveReport> Start(int port = 0)
    {
        var live = new LiveReport();
        live._server = await LocalServer.Start(port, live.Describe);
        return live;
    }

    /// <summary>Shows a run from now on.</summary>
    public void Show(RunFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        _run = new RunRecord(folder.Path);
    }

    /// <summary>Says that the run has ended, and waits until a page that watches it has fetched the report; not for long.</summary>
    public async Task End()
    {
        _ended = true;
        var begin = TimeProvider.System.GetTimestamp();
        while (!_read.Task.IsCompleted && IsWatched && TimeProvider.System.GetElapsedTime(begin) < Longest)
            await Task.WhenAny(_read.Task, Task.Delay(100));
    }

    /// <summary>Ends the server.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private bool IsWatched => TimeProvider.System.GetElapsedTime(Interlocked.Read(ref _asked)) < Watching;

    private void Describe(IEndpointRouteBuilder page)
    {
        page.MapAssets("live.html");
        page.MapGet("/state", () =>
        {
            Interlocked.Exchange(ref _asked, TimeProvider.System.GetTimestamp());
            // Taken before the records are read: what they hold then is all.
            var isOver = _ended;
            var state = _run?.Read();
            if (isOver && _run?.Report is null)
                _read.TrySetResult();
            return Results.Json(new { ended = isOver, hasReport = _run?.Report is not null, run = state }, Json.Compact);
        });
        page.MapGet("/report", (HttpContext context) =>
        {
            if (_run?.Report is not { } file)
                return Results.NotFound();
            // The report brings its own, stricter policy for scripts.
            context.Response.Headers.ContentSecurityPolicy = "frame-ancestors 'none'";
            context.Response.OnCompleted(() =>
            {
                _read.TrySetResult();
                return Task.CompletedTask;
            });
            return Results.File(file, "text/html; charset=utf-8");
        });
    }
}
