using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Research.TextVae.Support;

namespace Research.TextVae.Explorer.Tests;

/// <summary>Who may ask the server, by plain HTTP.</summary>
public sealed class LocalServerTests : IAsyncLifetime, IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private int _asked;
    private LocalServer _server = null!;

    public async Task InitializeAsync() => _server = await LocalServer.Start(0, page =>
    {
        page.MapAssets("explore.html");
        page.MapPost("/ask", (TextQuestion question) => new { text = question.Text, number = ++_asked });
        page.MapGet("/mistake", string () => throw new UserException("Give a sentence."));
    });

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task The_page_may_ask_and_may_ask_nobody_else()
    {
        using var page = await _client.GetAsync(_server.Address);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal("127.0.0.1", _server.Address.Host);
        Assert.Matches("^/[0-9a-f]{32}/$", _server.Address.AbsolutePath);
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';", policy, StringComparison.Ordinal);
        Assert.Equal("no-referrer", Assert.Single(page.Headers.GetValues("Referrer-Policy")));
        Assert.DoesNotContain("http", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.OK, await Ask());
        Assert.Equal(HttpStatusCode.OK, await Ask(request => request.Headers.Add("Origin", Origin)));
        Assert.Equal(HttpStatusCode.OK, await Ask(request => request.Headers.Host = $"localhost:{_server.Address.Port}"));
        Assert.Equal(3, _asked);
        using var mistake = await _client.GetAsync(new Uri(_server.Address, "mistake"));
        Assert.Equal((HttpStatusCode.BadRequest, """{"error":"Give a sentence."}"""),
            (mistake.StatusCode, await mistake.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Without_the_token_nothing_is_answered()
    {
        var token = _server.Address.AbsolutePath.Trim('/');
        var other = (token[0] == '0' ? '1' : '0') + token[1..];
        foreach (var path in new[] { "", other + "/", other + "/page.css", token[..^1] + "/", token + "0/", "page.css", $"x/{token}/" })
        {
            using var answer = await _client.GetAsync(new Uri($"{Origin}/{path}"));
            Assert.True(HttpStatusCode.Forbidden == answer.StatusCode, $"{path}: {answer.StatusCode}");
            Assert.Equal("", await answer.Content.ReadAsStringAsync());
        }

        Assert.Equal(HttpStatusCode.Forbidden, await Ask(request => request.RequestUri = new Uri($"{Origin}/{other}/ask")));
        Assert.Equal(0, _asked);
    }

    [Fact]
    public async Task Another_origin_or_host_is_refused_although_it_has_the_token()
    {
        (string Name, string Value)[] strangers =
        [
            ("Origin", "https://example.org"), ("Origin", "null"), ("Origin", $"http://127.0.0.1:{_server.Address.Port + 1}"),
            ("Origin", $"https://127.0.0.1:{_server.Address.Port}"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"),
            ("Host", "example.org"), ("Host", $"example.org:{_server.Address.Port}"), ("Host", "127.0.0.1"),
            ("Host", $"127.0.0.1.example.org:{_server.Address.Port}"),
        ];
        foreach (var (name, value) in strangers)
        {
            var answer = await Ask(request => request.Headers.TryAddWithoutValidation(name, value));
            Assert.True(answer == HttpStatusCode.Forbidden, $"{name}: {value} has {answer}");
        }

        Assert.Equal(0, _asked);
    }

    [Fact]
    public async Task A_form_of_another_page_and_a_flood_are_refused()
    {
        Assert.Equal(HttpStatusCode.UnsupportedMediaType,
            await Ask(request => request.Content = new StringContent("""{"text":"she"}""", Encoding.UTF8, "text/plain")));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge,
            await Ask(request => request.Content = JsonContent.Create(new TextQuestion(new string('a', 300 << 10)))));
        Assert.Equal(0, _asked);
    }

    [Fact]
    public async Task It_listens_on_loopback_alone_and_says_when_a_port_is_taken()
    {
        var outside = Dns.GetHostAddresses(Dns.GetHostName())
            .Where(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));
        foreach (var address in outside)
        {
            using var socket = new TcpClient();
            await Assert.ThrowsAnyAsync<SocketException>(() => socket.ConnectAsync(address, _server.Address.Port));
        }

        var taken = await Assert.ThrowsAsync<UserException>(() => LocalServer.Start(_server.Address.Port, _ => { }));
        Assert.StartsWith($"--port {_server.Address.Port}: cannot be listened on", taken.Message, StringComparison.Ordinal);
    }

    private string Origin => _server.Address.GetLeftPart(UriPartial.Authority);

    private async Task<HttpStatusCode> Ask(Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_server.Address, "ask"))
        {
            Content = JsonContent.Create(new TextQuestion("she")),
        };
        change?.Invoke(request);
        using var answer = await _client.SendAsync(request);
        return answer.StatusCode;
    }
}
