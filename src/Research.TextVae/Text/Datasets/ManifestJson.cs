using System.Text.Json;
using System.Text.Json.Serialization;

namespace Research.TextVae.Text;

/// <summary>Reads manifests strictly: an unknown or missing key is an error that names the file.</summary>
internal static class ManifestJson
{
    private static readonly string[] s_kinds = ["debian", "npm", "url", DatasetSource.AptDescriptions];

    private static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static DatasetManifest Parse(string json, string file)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize<DatasetManifest>(json, s_options)
                ?? throw new UserException($"{file} is not a data set manifest: it is null.");
            Check(manifest, file);
            return manifest;
        }
        catch (JsonException error)
        {
            throw new UserException($"{file} is not a data set manifest: {error.Message}", error);
        }
    }

    private static void Check(DatasetManifest manifest, string file)
    {
        Demand(manifest.Name.Length > 0 && manifest.Name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'), "\"name\" must be letters, digits and hyphens");
        Demand(manifest.Files.Count > 0, "\"files\" is empty");
        Demand(manifest.Files.All(f => f.Name.Length > 0 && Path.GetFileName(f.Name) == f.Name && !f.Name.StartsWith('.')), "a name in \"files\" is not a plain file name");
        // Only what apt's own signature vouches for may be without.
        var signed = manifest.Sources.All(source => source.Kind == DatasetSource.AptDescriptions);
        Demand(manifest.Files.All(f => IsSha256(f.Sha256) || (signed && f.Changes)), "a \"sha256\" in \"files\" is not 64 lower-case hexadecimal digits");
        Demand(manifest.Sources.Count > 0, "\"sources\" is empty");
        Demand(!signed || manifest.Files.Count == 1, "apt's descriptions are one file");
        foreach (var source in manifest.Sources.Where(_ => !signed))
        {
            Demand(s_kinds.Contains(source.Kind), $"a source's \"kind\" is '{source.Kind}', not {string.Join(", ", s_kinds)}");
            Demand(IsSha256(source.Sha256), "a source's \"sha256\" is not 64 lower-case hexadecimal digits");
            Demand(
                source.Kind == "url" ? source.Url.Length > 0 && manifest.Files.Count == 1 : IsPackageName(source.Package),
                source.Kind == "url" ? "a url source needs \"url\" and one file" : "a package source needs \"package\"");
            Demand(source.Kind == "url" || manifest.Files.All(f => source.PathOf(f) is not null), "a package source needs the place of each file in \"paths\", or their \"folder\"");
        }

        void Demand(bool holds, string problem)
        {
            if (!holds)
                throw new UserException($"{file} is not a data set manifest: {problem}.");
        }
    }

    // Also keeps a manifest from passing options to apt or npm.
    private static bool IsPackageName(string name) =>
        name.Length > 0 && name[0] != '-' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '+' or '.' or '@' or '/' or '_');

    private static bool IsSha256(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower) ;
}
