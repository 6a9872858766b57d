using System.Text;

namespace Research.TextVae.Datasets;

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
        var options = apt.Update("en",
            ["-o", "Acquire::IndexTargets::deb::Packages::DefaultEnabled=false", "-o",
                "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false"], cancellation);
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
            : throw new FetchException(
                "the apt sources of this machine have no English descriptions; add Debian's main archive to /etc/apt/sources.list");
    }
}

/// <summary>apt without root: what it fetches comes into a folder of its own, nothing is installed.</summary>
/// <param name="commands">Runs it.</param>
/// <param name="folder">Where it works.</param>
internal sealed class Apt(ICommandRunner commands, string folder)
{
    /// <summary>Runs apt-get.</summary>
    /// <exception cref="FetchException">It is not on this machine.</exception>
    public CommandResult Get(IReadOnlyList<string> options, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        try
        {
            // Root's download would be handed to the user _apt, who cannot write here, and warn about that.
            return commands.Run(
                new Command("apt-get", ["-q", "-o", "Acquire::Retries=2", "-o", "APT::Sandbox::User=", .. options, .. arguments], folder),
                cancellation);
        }
        catch (FetchException error)
        {
            throw new FetchException(
                "apt-get is not on this machine; use Debian or Ubuntu, or give your own text file instead of the data set's name", error);
        }
    }

    /// <summary>Fetches indexes of the machine's sources into a private state.</summary>
    /// <param name="languages">Languages whose package descriptions are fetched; <c>none</c> for none.</param>
    /// <param name="more">Further options.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The options that make apt use the private state.</returns>
    /// <exception cref="FetchException">They cannot be fetched.</exception>
    public IReadOnlyList<string> Update(string languages, IReadOnlyList<string> more, CancellationToken cancellation)
    {
        var state = Directory.CreateDirectory(Path.Combine(folder, "state")).FullName;
        var cache = Directory.CreateDirectory(Path.Combine(folder, "cache")).FullName;
        Directory.CreateDirectory(Path.Combine(state, "lists", "partial"));
        Directory.CreateDirectory(Path.Combine(cache, "archives", "partial"));
        string[] options =
        [
            "-o", $"Dir::State={state}", "-o", $"Dir::Cache={cache}", "-o", "Dir::State::status=/var/lib/dpkg/status",
            "-o", $"Acquire::Languages={languages}", "-o", "APT::Update::Post-Invoke=", "-o", "APT::Update::Post-Invoke-Success=", .. more,
        ];
        var update = Get(options, ["update"], cancellation);
        return update.ExitCode == 0
            ? options
            : throw new FetchException($"apt-get update failed: {update.Complaint}; check the network and the apt sources");
    }
}
