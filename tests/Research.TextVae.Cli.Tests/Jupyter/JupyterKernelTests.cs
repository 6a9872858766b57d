using System.Text.Json.Nodes;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Tests.Jupyter;

/// <summary>The kernel as Debian's own Jupyter uses it.</summary>
public sealed class JupyterKernelTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly Workplace _place = new();

    public JupyterKernelTests()
    {
        Assert.Equal(0, _place.TextVae("kernel", "install", "--prefix", _place.Folder).ExitCode);
    }

    public void Dispose() => _place.Dispose();

    [Fact]
    public void SpeaksTheProtocolWithJupytersClient()
    {
        var outcome = Run(
            Python, Path.Combine(AppContext.BaseDirectory, "peers", "kernel_client.py"), ".net-csharp",
            typeof(Research.TextVae.Support.HostDisplay).Assembly.Location);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        var result = JsonNode.Parse(outcome.Output)!;

        Assert.Equal("5.3", result["info"]!["protocol_version"]!.ToString());
        Assert.Equal("C#", result["info"]!["language_info"]!["name"]!.ToString());
        AssertJson(
            """
            [
              {"outputs": [], "status": "ok"},
              {"outputs": [["stdout", "out\n"], ["stderr", "err\n"], ["execute_result", {"text/plain": "42"}]], "status": "ok"}
            ]
            """,
            new JsonArray(
                [.. ((JsonArray)result["state"]!).Select(cell => new JsonObject
                {
                    ["outputs"] = cell!["outputs"]!.DeepClone(),
                    ["status"] = cell["reply"]!["status"]!.DeepClone(),
                })]));

        var shown = (JsonArray)result["display"]!["outputs"]!;
        Assert.Equal(["display_data", "update_display_data", "execute_result"], shown.Select(output => output![0]!.ToString()));
        Assert.Equal(shown[0]![2]!.ToString(), shown[1]![2]!.ToString());
        Assert.Equal("second", shown[1]![1]!["text/plain"]!.ToString());
        Assert.Equal("<b>x</b>", shown[2]![1]!["text/html"]!.ToString());

        Assert.Equal("FormatException", result["error"]!["reply"]!["ename"]!.ToString());
        Assert.Equal("cell 4(2,1): FormatException: The input string 'x' was not in a correct format.",
            result["error"]!["outputs"]![0]![2]![0]!.ToString());
        Assert.Equal("cell 5(1,3): error CS0103: The name 'nothing' does not exist in the current context",
            result["compilation"]!["reply"]!["evalue"]!.ToString());
        Assert.Equal("UserException", result["input"]!["reply"]!["ename"]!.ToString());

        AssertJson("""["CompareTo"]""", result["completion"]!["matches"]!);
        Assert.Equal((15, 23), ((int)result["completion"]!["cursor_start"]!, (int)result["completion"]!["cursor_end"]!));
        Assert.Contains("value: 41", result["inspection"]!["data"]!["text/plain"]!.ToString(), StringComparison.Ordinal);
        AssertJson("""["complete", "incomplete", "invalid"]""", result["is_complete"]!);
        AssertJson("""[[0, 6, "Console.ReadLine()"]]""", result["history"]!);
        AssertJson("""{"status": "ok", "comms": {}}""", result["comms"]!);
        // A thread of a cell's own that fails makes its cell an error; after the cell's end its exception is told.
        AssertJson("""["FormatException", "FormatException", "FormatException"]""", result["threads"]!);
        const string Told = "A thread of a cell ended with FormatException: The input string 'x' was not in a correct format.\n";
        Assert.Equal((true, Told), ((bool)result["late_thread"]![0]!, result["late_thread"]![1]!.ToString()));
        Assert.Equal(Told, result["later_thread"]!.ToString());
        Assert.Equal(6, (int)result["unstored"]!["reply"]!["execution_count"]!);
        var expressions = result["expressions"]!;
        AssertJson("""{"status": "ok", "data": {"text/plain": "42"}, "metadata": {}}""", expressions["next"]!);
        Assert.Equal("<b>x</b>", expressions["html"]!["data"]!["text/html"]!.ToString());
        Assert.Equal("CompilationError", expressions["wrong"]!["ename"]!.ToString());
        Assert.True((bool)result["lines"]!);
        Assert.InRange((int)result["pieces"]!, 1, 2000);
        AssertJson("[1500, 1500]", result["values"]!);
        // What changes while a cell runs is for those who watch, not for a notebook that is executed to be stored.
        AssertJson("""[["execute_result"], ["display_data", "execute_result"]]""", result["watched"]!);

        // By a signal also when a cell has filled the thread pool, through which messages come.
        Assert.Equal(
            ["Interrupted", "Interrupted", "Interrupted"],
            ((JsonArray)result["signal_interrupt"]!).Select(reply => reply!["ename"]!.ToString()));
        Assert.Equal("Interrupted", result["message_interrupt"]!["ename"]!.ToString());
        Assert.Equal(0, (int)result["forged"]!);
        Assert.Equal(1, (int)result["replayed"]!);
        Assert.Equal(0, (int)result["odd"]!);
        Assert.True((bool)result["huge"]!);
        AssertJson("""["error", "aborted"]""", result["queued"]!);
        AssertJson("""[["execute_result", {"text/plain": "41"}]]""", result["alive"]!["outputs"]!);
        Assert.Equal("CompilationError", result["restarted"]!["reply"]!["ename"]!.ToString());
        AssertJson(
            """
            [
              [[0, 16, "6 * 7"], [0, 17, "1 + 1"], [0, 18, "6 * 7"]],
              [[0, 16, ["6 * 7", null]]],
              [[0, 18, "6 * 7"]],
              [[0, 17, "1 + 1"], [0, 18, "6 * 7"]]
            ]
            """,
            result["histories"]!);
        Assert.Equal(0, (int)result["exit_code"]!);
        Assert.Equal(3, (int)result["own_exit_code"]!);
    }

    [Fact]
    public void ANotebookGivesTheSameOutputsThroughJupyterAndHeadless()
    {
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Notebooks", "engine.ipynb"), Path.Combine(_place.Folder, "engine.ipynb"));

        var jupyter = Run(Python, "-m", "nbconvert", "--to", "notebook", "--execute", "--output", "jupyter.ipynb", "engine.ipynb");
        var headless = _place.TextVae("notebook", "run", "engine.ipynb", "-o", "headless.ipynb");

        Assert.True(jupyter.ExitCode == 0, jupyter.Error);
        Assert.True(headless.ExitCode == 0, headless.Error);
        AssertJson(Outputs("headless.ipynb").ToJsonString(), Outputs("jupyter.ipynb"));
    }

    [Theory]
    [InlineData("\"ip\": \"127.0.0.1\"", "\"ip\": \"0.0.0.0\"",
        "asks for the interface 0.0.0.0; this kernel listens on 127.0.0.1 only. Reach it from elsewhere through ssh.")]
    [InlineData("\"tcp\"", "\"ipc\"", "asks for the transport 'ipc'; this kernel listens on tcp only, which is Jupyter's default. Take "
        + "KernelManager.transport out of its configuration.")]
    [InlineData("hmac-sha256", "hmac-md5", "asks for the signature scheme 'hmac-md5'; this kernel signs with hmac-sha256.")]
    [InlineData("\"a key\"", "\"\"", "has an empty key; this kernel runs nothing that is not signed.")]
    [InlineData("\"hb_port\": 5,", "", "is not a connection file of Jupyter: The given key was not present in the dictionary")]
    public void RefusesWhatIsNotLocalAndSigned(string from, string to, string message)
    {
        const string Good =
            """
            {
              "ip": "127.0.0.1", "transport": "tcp", "shell_port": 1, "control_port": 2, "stdin_port": 3, "iopub_port": 4, "hb_port": 5,
              "signature_scheme": "hmac-sha256", "key": "a key"
            }
            """;
        _place.Write("connection.json", Good.Replace(from, to, StringComparison.Ordinal));

        Assert.Equal(
            new Outcome(ExitCode.UserError, "", $"error: connection.json {message}\n"), _place.TextVae("kernel", "run", "connection.json"));
    }

    [Fact]
    public void AnotherProgramsKernelIsNotReplaced()
    {
        _place.Write("other/share/jupyter/kernels/.net-csharp/kernel.json", "{\"argv\": [\"dotnet-interactive\"]}");

        var refused = _place.TextVae("kernel", "install", "--prefix", "other");

        Assert.Equal(ExitCode.UserError, refused.ExitCode);
        Assert.EndsWith(
            "is another program's kernel. Give this one another name: --name textvae-csharp\n", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, _place.TextVae("kernel", "install", "--prefix", "other", "--name", "textvae-csharp").ExitCode);
    }

    private Outcome Run(string program, params string[] arguments) => Workplace.Finish(_place.Start(program, arguments, _place.OfJupyter));

    private JsonArray Outputs(string name)
    {
        var cells = (JsonArray)JsonNode.Parse(File.ReadAllText(Path.Combine(_place.Folder, name)))!["cells"]!;
        return new JsonArray([.. cells.Select(cell => cell!["outputs"]?.DeepClone())]);
    }

    private static void AssertJson(string expected, JsonNode actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"expected {expected}\nactual   {actual.ToJsonString()}");
}
