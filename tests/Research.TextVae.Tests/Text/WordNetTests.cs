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
        File.AppendAllText(
            Path.Combine(_folder, "data.noun"),
            "\n02084072 05 n 0b a 0 b 0 c_d 0 e 0 f 0 g 0 h 0 i 0 j 0 k(p) 0 L 0 000 | letters; \"a\"\n");
        var words = WordNetReader.Words(Manifest("definitions"), _folder);
        Assert.Equal(["noun.Tops 1", "noun.animal 1"], words.Select(document => document.Title));
        Assert.Equal(
            [("a domestic animal", "dog"), .. "abefghijkL".Select(letter => ("letters", $"{letter}"))],
            words[1].Pairs.Select(pair => (pair.Source, pair.Target)));
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
