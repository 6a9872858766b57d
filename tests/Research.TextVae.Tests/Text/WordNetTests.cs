using Research.TextVae.Datasets;

namespace Research.TextVae.Tests.Text;

public sealed class WordNetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Reads_definitions_and_examples_with_their_labels()
    {
        File.WriteAllText(
            Path.Combine(_folder, "data.noun"),
            """
              1 This software and database is being provided to you
            00001740 03 n 01 entity 0 001 ~ 00001930 n 0000 | that which is perceived; to exist  
            02084071 05 n 01 dog 0 001 @ 02083346 n 0000 | a domestic animal; "the dog barked all night"; "a dog"  
            """);

        var definitions = WordNetReader.Read(Manifest("definitions"), _folder).Sentences;
        var examples = WordNetReader.Read(Manifest("examples"), _folder).Sentences;

        Assert.Equal([("that which is perceived; to exist", "noun.Tops"), ("a domestic animal", "noun.animal")],
            definitions.Select(s => (s.Text, s.Label)));
        Assert.Equal([("the dog barked all night", "noun.animal"), ("a dog", "noun.animal")], examples.Select(s => (s.Text, s.Label)));
        File.WriteAllText(Path.Combine(_folder, "data.noun"), "nonsense");
        Assert.Contains("line 1", Assert.Throws<InvalidDataException>(() => WordNetReader.Read(Manifest("examples"), _folder))
            .Message, StringComparison.Ordinal);
    }

    private static DatasetManifest Manifest(string part) => DatasetCatalog.Find("wordnet")! with
    {
        Files = [new DatasetFile("data.noun", 0, "")],
        Format = new DatasetFormat { Kind = "wordnet", Part = part },
    };
}
