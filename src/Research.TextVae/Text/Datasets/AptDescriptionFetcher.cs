using System.Text;

namespace Research.TextVae.Text;

/// <summary>
/// The English descriptions of all packages that the machine's own apt sources offer: their Translation-en indexes, which apt checks by
/// the archive's signature.
/// </summary>
internal sealed class AptDescriptionFetcher(ICommandRunner commands) : DatasetFetcher
{
    private const string Helper = "/usr/lib/apt/apt-helper";

    public override IReadOnlyDictionary<string, byte[]> Fetch(
        DatasetManifest manifest, DatasetSource source, string temporaryFolder, CancellationToken cancellation)
    {
        var apt = new Apt(commands, temporaryFolder);
        // The indexes of the packages themselves are five times as large and not needed.
        var options = apt.Update("en", ["-o", "Acquire::IndexTargets::deb::Packages::DefaultEnabled=false", "-o", "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false"], cancellation);
        var targets = apt.Get(options, ["indextargets", "--format", "$(FILENAME)", "Created-By: Translations"], cancellation);
        var text = new StringBuilder();
        foreach (var index in targets.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var content = commands.Run(new Command(Helper, ["cat-file", index], temporaryFolder), cancellation);
            if (content.ExitCode != 0)
                throw new FetchException($"apt could not read {Path.GetFileName(index)}: {content.Complaint}");
            text.Append(content.Output).Append("\n\n");
        }

        return text.Length > 0
            ? new Dictionary<string, byte[]> { [manifest.Files[0].Name] = Encoding.UTF8.GetBytes(text.ToString()) }
            : throw new FetchException("the apt sources of this machine have no English descriptions; add Debian's main archive to /etc/apt/sources.list");
    }
}
