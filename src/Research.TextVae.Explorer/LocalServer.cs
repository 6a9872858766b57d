using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Research.TextVae.Support;

namespace Research.TextVae.Explorer;

/// <summary>
/// A web server for the one user of this machine. It listens on loopback alone; every address begins with a random token; and what
/// another page or another host's name asks for is refused, as is all that lacks the token. Pages may ask for nothing but what is here.
/// </summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; "
            + "form-action 'none'; frame-ancestors 'none'";

    private const long LongestQuestion = 256 << 10;

    private readonly WebApplication _application;
    private readonly byte[] _token;

    private LocalServer(WebApplication application, string token)
    {
        (_application, _token) = (application, Encoding.ASCII.GetBytes(token));
        application.Use(Guard);
        application.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = Explain });
        application.UseRouting();
    }

    /// <summary>Where the pages are, the token included: <c>http://127.0.0.1:4711/6f1c…/</c>.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Starts a server.</summary>
    /// <param name="port">Where it listens; 0 for any free port.</param>
    /// <param name="describe">What it serves; paths are relative to the token.</param>
    /// <exception cref="UserException">The port is taken.</exception>
    public static async Task<LocalServer> Start(int port, Action<IEndpointRouteBuilder> describe)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LongestQuestion;
        });
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var server = new LocalServer(builder.Build(), token);
        describe(server._application);
        try
        {
            await server._application.StartAsync();
        }
        catch (IOException error)
        {
            await server.DisposeAsync();
            throw new UserException(
                $"--port {port}: cannot be listened on ({error.Message.TrimEnd('.')}); name another, or leave it out for any free one.",
                error);
        }

        server.Address = new Uri($"{server._application.Urls.Single()}/{token}/");
        return server;
    }

    /// <summary>Ends the server; requests that are being answered have a second.</summary>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _application.StopAsync(limit.Token);
        await _application.DisposeAsync();
    }

    private Task Guard(HttpContext context, RequestDelegate next)
    {
        var (request, headers) = (context.Request, context.Response.Headers);
        headers.ContentSecurityPolicy = Policy;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = headers["Cross-Origin-Resource-Policy"] = "same-origin";

        // Paths are /<token>/<rest>.
        var path = request.Path.Value!;
        var end = path.IndexOf('/', 1) is var slash and > 0 ? slash : path.Length;
        if (!HasToken(path[Math.Min(1, end)..end]) || !IsOwnHost(request) || !IsOwnOrigin(request))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }

        if (end == path.Length)
        {
            context.Response.Redirect(path + "/");
            return Task.CompletedTask;
        }

        (request.PathBase, request.Path) = (path[..end], path[end..]);
        return next(context);
    }

    // In a time that does not tell how much of it is right.
    private bool HasToken(string given) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), _token);

    // A name of another host that was made to lead here (DNS rebinding) is not ours.
    private bool IsOwnHost(HttpRequest request) =>
        request.Host.Host is "127.0.0.1" or "localhost" && request.Host.Port == Address.Port;

    private static bool IsOwnOrigin(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        var origin = request.Headers.Origin.ToString();
        return site is "" or "same-origin" or "none"
            && (origin.Length == 0 || origin == $"http://{request.Host}");
    }

    /// <summary>A mistake of the user as one line; a defect by its name.</summary>
    private static async Task Explain(HttpContext context)
    {
        var error = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        context.Response.StatusCode = error switch
        {
            UserException => StatusCodes.Status400BadRequest,
            BadHttpRequestException bad => bad.StatusCode,
            _ => StatusCodes.Status500InternalServerError,
        };
        var message = error is UserException or BadHttpRequestException ? error.Message : $"This is a defect: {error}";
        await context.Response.WriteAsync(JsonSerializer.Serialize(new { error = message }, JsonSerializerOptions.Web));
    }
}
