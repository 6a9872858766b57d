using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Jupyter;

/// <summary>Where a front end expects its kernel to listen, and the key that signs their messages.</summary>
internal sealed record ConnectionFile(
    string Transport, string Address, int Shell, int Control, int Stdin, int IoPub, int Heartbeat, byte[] Key)
{
    /// <exception cref="UserException">The file is missing, malformed, or asks for what this kernel does not do.</exception>
    public static ConnectionFile Read(string path)
    {
        if (!File.Exists(path))
            throw new UserException(
                $"there is no connection file '{path}'. A kernel is started by a front end: install it with textvae kernel install, then "
                    + "open a notebook.");
        try
        {
            using var json = StrictJson.Parse(TextFile.Read(path));
            var root = json.RootElement;
            var file = new ConnectionFile(
                Text("transport"), Text("ip"), Port("shell_port"), Port("control_port"), Port("stdin_port"), Port("iopub_port"),
                Port("hb_port"), Encoding.UTF8.GetBytes(Text("key")));
            var scheme = root.TryGetProperty("signature_scheme", out var element) ? element.GetString() : "hmac-sha256";
            file.Refuse(path, scheme);
            return file;

            string Text(string name) => root.GetProperty(name).GetString() ?? "";
            int Port(string name) => root.GetProperty(name).GetInt32() is var port and > 0 and < 1 << 16
                ? port
                : throw new FormatException($"its {name} is no port");
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException
            or FormatException)
        {
            throw new UserException(
                $"{path} is not a connection file of Jupyter: {Excerpt.Of(exception.Message, 120).TrimEnd('.')}", exception);
        }
    }

    public string Endpoint(int port) =>
        string.Create(CultureInfo.InvariantCulture,
            $"{Transport}://{(Address.Contains(':', StringComparison.Ordinal) ? $"[{Address}]" : Address)}:{port}");

    // Whoever can reach a kernel and knows its key can run any code.
    private void Refuse(string path, string? scheme)
    {
        if (Transport != "tcp")
            throw new UserException(
                $"{path} asks for the transport '{Excerpt.Of(Transport)}'; this kernel listens on tcp only, which is Jupyter's default. "
                    + "Take KernelManager.transport out of its configuration.");
        if (Address != "localhost" && !(IPAddress.TryParse(Address, out var address) && IPAddress.IsLoopback(address)))
            throw new UserException(
                $"{path} asks for the interface {Excerpt.Of(Address)}; this kernel listens on 127.0.0.1 only. Reach it from elsewhere "
                    + "through ssh.");
        if (scheme != "hmac-sha256")
            throw new UserException($"{path} asks for the signature scheme '{Excerpt.Of(scheme)}'; this kernel signs with hmac-sha256.");
        if (Key.Length == 0)
            throw new UserException($"{path} has an empty key; this kernel runs nothing that is not signed.");
    }
}
