using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Research.TextVae.Datasets;
using Research.TextVae.Text;

namespace Research.TextVae.Tests.Text;

/// <summary>Stands for apt-get, dpkg-deb and npm with one package that holds one text.</summary>
internal sealed class FakeRegistry : ICommandRunner
{
    public static readonly byte[] Content =
        [.. string.Concat(Enumerable.Range(1, 40).Select(i => $"line number {i}\n")).Select(c => (byte)c)];

    private static readonly byte[] _package = [.. "a Debian package"u8];

    public static DatasetManifest Manifest(params string[] kinds) => new()
    {
        Name = "fake",
        Title = "A fake",
        Description = "",
        Licence = "none",
        Attribution = "nobody",
        Files = [new DatasetFile("text.txt", Content.Length, Hash(Content))],
        Sources = [.. kinds.Select(kind => new DatasetSource
        {
            Kind = kind,
            Package = "fake",
            Version = "1.0",
            Sha256 = Hash(kind == "npm" ? Archive("package/text.txt", Content, compressed: true) : _package),
            Paths = new Dictionary<string, string> { ["text.txt"] = kind == "npm" ? "package/text.txt" : "usr/share/text.txt" },
        })],
        Format = new DatasetFormat { Kind = "text", Layout = TextLayout.Lines },
    };

    /// <summary>The command lines that were run.</summary>
    public List<string> Runs { get; } = [];

    /// <summary>Gives a command another outcome; null lets it run as usual.</summary>
    public Func<Command, CommandResult?> Interfere { get; set; } = _ => null;

    public byte[] Served { get; set; } = Content;

    public byte[] Package { get; set; } = _package;

    public string Version { get; set; } = "1.0";

    public int Downloads => Runs.Count(run => run.Contains(" download ", StringComparison.Ordinal));

    public CommandResult Run(Command command, CancellationToken cancellation)
    {
        lock (Runs)
            Runs.Add($"{command.Program} {string.Join(' ', command.Arguments)}");
        if (Interfere(command) is { } result)
            return result;
        switch (command.Program)
        {
            case "apt-get" when command.Arguments.Contains("download"):
                File.WriteAllBytes(Path.Combine(command.WorkingFolder, $"fake_{Version}_all.deb"), Package);
                break;
            case "dpkg-deb":
                command.Consume!(new MemoryStream(Archive("./usr/share/text.txt", Served, compressed: false)));
                break;
            case "npm":
                File.WriteAllBytes(
                    Path.Combine(command.WorkingFolder, "fake-1.0.tgz"), Archive("package/text.txt", Served, compressed: true));
                break;
        }

        return new CommandResult(0, "", "");
    }

    public static CommandResult Failure(string error) => new(100, "", error);

    public static string Hash(byte[] content) => Convert.ToHexString(SHA256.HashData(content)).ToLowerInvariant();

    private static byte[] Archive(string path, byte[] content, bool compressed)
    {
        using var bytes = new MemoryStream();
        using var gzip = compressed ? new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true) : null;
        using (var tar = new TarWriter((Stream?)gzip ?? bytes, TarEntryFormat.Ustar, leaveOpen: true))
        {
            tar.WriteEntry(new UstarTarEntry(TarEntryType.Directory, "./usr/") { ModificationTime = DateTimeOffset.UnixEpoch });
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, path)
            {
                DataStream = new MemoryStream(content),
                ModificationTime = DateTimeOffset.UnixEpoch,
            });
        }

        gzip?.Dispose();
        return bytes.ToArray();
    }
}
