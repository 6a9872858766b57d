using System.Text.Json.Nodes;
using Research.TextVae.Datasets;
using Research.TextVae.Support;
using Research.TextVae.Text;

namespace Research.TextVae.Tests.Text;

public class DatasetManifestTests
{
    private const string Valid =
        """
        {
          "name": "mine", "title": "t", "description": "d", "licence": "l", "attribution": "a",
          "files": [{ "name": "x.txt", "size": 3, "sha256": "df6bddf211906d1ff404f8ff662c21b34e6660e7f54a311084e749050c019c95" }],
          "sources": [{
            "kind": "npm", "package": "@a/b", "sha256": "df6bddf211906d1ff404f8ff662c21b34e6660e7f54a311084e749050c019c95",
            "paths": { "x.txt": "package/x.txt" }
          }],
          "format": { "kind": "text", "layout": "prose" }
        }
        """;

    [Fact]
    public void The_catalogue_holds_the_manifests_of_the_repository() =>
        Assert.Equal(["austen", "bible-english", "bible-spanish", "debian-descriptions", "tang", "unifont", "wordnet", "wordnet-examples"],
            DatasetCatalog.All.Select(manifest => manifest.Name));

    [Theory]
    [InlineData("name", "\"../x\"", "\"name\" must be")]
    [InlineData("titel", "\"t\"", "titel")]
    [InlineData("title", null, "title")]
    [InlineData("files", "[]", "\"files\" is empty")]
    [InlineData("files", "[{\"name\":\"../x\",\"size\":1,\"sha256\":\"00\"}]", "not a plain file name")]
    [InlineData("files", "[{\"name\":\"x\",\"size\":1,\"sha256\":\"00\"}]", "hexadecimal")]
    [InlineData("sources", "[{\"kind\":\"ftp\",\"sha256\":\"00\"}]", "'ftp'")]
    public void A_malformed_manifest_is_refused(string key, string? value, string expected)
    {
        var json = JsonNode.Parse(Valid)!.AsObject();
        json.Remove(key);
        if (value is not null)
            json[key] = JsonNode.Parse(value);

        var error = Assert.Throws<UserException>(() => ManifestJson.Parse(json.ToJsonString(), "mine.json"));

        Assert.StartsWith("mine.json is not a data set manifest", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_package_name_cannot_pass_options()
    {
        Assert.Equal(TextLayout.Prose, ManifestJson.Parse(Valid, "mine.json").Format.Layout);
        Assert.Throws<UserException>(() => ManifestJson.Parse(Valid.Replace("@a/b", "--x", StringComparison.Ordinal), "mine.json"));
    }
}
