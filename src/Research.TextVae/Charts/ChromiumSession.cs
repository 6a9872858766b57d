using System.Diagnostics;
using System.Text.Json.Nodes;
using Research.TextVae.Support;

namespace Research.TextVae.Charts;

/// <summary>
/// A Chromium without a window that stays open between scripts. It is spoken to in the Chrome DevTools Protocol over a pipe, so it
/// opens no port and ends when this process does, however that ends.
/// </summary>
/// <param name="prelude">A script that is run first in every browser started.</param>
#pragma warning disable CA1001 // It lives as long as its process.
internal sealed class ChromiumSession(string prelude)
#pragma warning restore CA1001
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly string[] Arguments =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--disable-extensions",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--no-default-browser-check",
        "--disable-breakpad", "--remote-debugging-pipe",
    ];

    private readonly object _gate = new();
    private Process? _browser;
    private BufferedStream? _answers;
    private DirectoryInfo? _profile;
    private string? _page;
    private int _requests;

    /// <summary>The text that a JavaScript expression gives, or the promise of one.</summary>
    /// <exception cref="UserException">There is no browser, or it failed.</exception>
    public string Evaluate(string expression)
    {
        // On another thread, which the interrupt of a notebook's cell cannot end in the middle of a message.
        var work = Task.Run(() =>
        {
            lock (_gate)
            {
                if (_browser is null or { HasExited: true }) Start();
                return Run(expression);
            }
        });
        try
        {
            if (work.Wait(Limit)) return work.Result;
            End();
            throw new UserException($"{Chromium.Find()} did not finish drawing within {Limit.TotalSeconds:0} s.");
        }
        catch (AggregateException failure) when (failure.InnerException is UserException mistake)
        {
            throw new UserException(mistake.Message, mistake);
        }
        catch (AggregateException failure) when (failure.InnerException is IOException)
        {
            End();
            throw new UserException(
                $"{Chromium.Find()} ended while drawing. Does it start by hand: {Chromium.Find()} --headless --no-sandbox --dump-dom "
                    + "about:blank", failure);
        }
    }

    private void Start()
    {
        var program = Chromium.Find();
        End();
        _profile = Directory.CreateTempSubdirectory("textvae-chromium-");
        // The protocol's pipe is on the descriptors 3 and 4, which only a shell can connect.
        var start = new ProcessStartInfo("/bin/sh",
            ["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1", program, .. Arguments,
                $"--user-data-dir={_profile.FullName}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _browser = Process.Start(start)!;
        _answers = new BufferedStream(_browser.StandardOutput.BaseStream, 1 << 16);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => End();

        _page = null;
        var target = Request("Target.createTarget", new() { ["url"] = "about:blank" })["targetId"]!.GetValue<string>();
        _page = Request("Target.attachToTarget", new() { ["targetId"] = target, ["flatten"] = true })["sessionId"]!.GetValue<string>();
        Run($"{prelude};''");
    }

    private string Run(string expression)
    {
        var answer = Request("Runtime.evaluate", new() { ["expression"] = expression, ["awaitPromise"] = true, ["returnByValue"] = true });
        return answer["exceptionDetails"] is { } failure
            ? throw new InvalidOperationException($"The browser's script failed: {failure["exception"]?["description"] ?? failure["text"]}")
            : answer["result"]!["value"]!.GetValue<string>();
    }

    /// <summary>Sends a request and waits for its result; events that the browser sends meanwhile are ignored.</summary>
    private JsonObject Request(string method, JsonObject parameters)
    {
        var id = ++_requests;
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (_page is not null) message["sessionId"] = _page;
        var pipe = _browser!.StandardInput.BaseStream;
        pipe.Write(System.Text.Encoding.UTF8.GetBytes(message.ToJsonString() + '\0'));
        pipe.Flush();
        while (true)
        {
            var answer = Receive();
            if (answer["id"]?.GetValue<int>() != id) continue;
            return answer["result"] as JsonObject
                ?? throw new InvalidOperationException($"The browser refused {method}: {answer["error"]?["message"]}");
        }
    }

    private JsonNode Receive()
    {
        var message = new MemoryStream();
        for (int next; (next = _answers!.ReadByte()) != 0;)
        {
            if (next < 0) throw new IOException("The browser closed the pipe.");
            message.WriteByte((byte)next);
        }

        message.Position = 0;
        return JsonNode.Parse(message)!;
    }

    private void End()
    {
        if (_browser is { HasExited: false } running)
        {
            running.Kill(entireProcessTree: true);
            running.WaitForExit(TimeSpan.FromSeconds(2));
        }

        _browser = null;
        // Its helpers may still be writing for a moment after it ended.
        for (var attempt = 0; _profile is not null && attempt < 10; attempt++)
        {
            try
            {
                _profile.Delete(recursive: true);
                _profile = null;
            }
            catch (IOException)
            {
                Thread.Sleep(50);
            }
        }
    }
}
