using System.Globalization;
using Research.TextVae.Support;
using Research.TextVae.Text;

namespace Research.TextVae.Datasets;

/// <summary>
/// WordNet's data files (wndb(5WN)): one group of synonyms a line; the second field is the number of the lexicographer's
/// file, the gloss follows <c>" | "</c>: the definition, then usage examples in quotation marks.
/// </summary>
internal static class WordNetReader
{
    private const int GroupsPerDocument = 50;

    // lexnames(5WN), in the order of their numbers.
    private static readonly string[] _labels =
    [
        "adj.all", "adj.pert", "adv.all", "noun.Tops", "noun.act", "noun.animal", "noun.artifact", "noun.attribute", "noun.body",
        "noun.cognition", "noun.communication", "noun.event", "noun.feeling", "noun.food", "noun.group", "noun.location", "noun.motive",
        "noun.object", "noun.person", "noun.phenomenon", "noun.plant", "noun.possession", "noun.process", "noun.quantity", "noun.relation",
        "noun.shape", "noun.state", "noun.substance", "noun.time", "verb.body", "verb.change", "verb.cognition", "verb.communication",
        "verb.competition", "verb.consumption", "verb.contact", "verb.creation", "verb.emotion", "verb.motion", "verb.perception",
        "verb.possession", "verb.social", "verb.stative", "verb.weather", "adj.ppl",
    ];

    public static Corpus Read(DatasetManifest manifest, string folder)
    {
        var examples = manifest.Format.Part switch
        {
            "definitions" => false,
            "examples" => true,
            var part => throw new UserException(
                $"data set {manifest.Name}: \"part\" is '{Excerpt.Of(part)}', not definitions or examples."),
        };
        var groups = new List<List<string>>[_labels.Length];
        for (var label = 0; label < groups.Length; label++)
            groups[label] = [];
        foreach (var (label, line, gloss) in Lines(manifest, folder))
        {
            var texts = (examples ? Examples(line, gloss) : [Definition(line, gloss)])
                .Select(Whitespace.Collapse).Where(text => text.Length > 0).ToList();
            if (texts.Count > 0)
                groups[label].Add(texts);
        }

        return new Corpus(
            manifest.Name, manifest.Title, manifest.Licence, [.. groups.SelectMany((own, label) => Documents(own, _labels[label]))]);
    }

    /// <summary>The definition of each group of synonyms with each of them that is a single word; a document is fifty groups of one
    /// lexicographer's file, its label.</summary>
    public static IReadOnlyList<ParallelDocument> Words(DatasetManifest manifest, string folder) =>
    [
        .. Lines(manifest, folder).GroupBy(line => line.Label).OrderBy(own => own.Key).SelectMany(own =>
            own.Chunk(GroupsPerDocument).Select((chunk, index) => new ParallelDocument(
                Title(_labels[own.Key], index), _labels[own.Key],
                [.. chunk.SelectMany(line => Synonyms(line.Text).Select(word => new TextPair(
                    Whitespace.Collapse(Definition(line.Text, line.Gloss)), word)))]))),
    ];

    // Each line of the files, the number of its label, and where its gloss begins.
    private static IEnumerable<(int Label, string Text, int Gloss)> Lines(DatasetManifest manifest, string folder)
    {
        foreach (var path in manifest.Files.Select(file => Path.Combine(folder, file.Name)))
        {
            foreach (var (line, number) in File.ReadLines(path).Select((line, i) => (line, i + 1)))
            {
                if (line.StartsWith("  ", StringComparison.Ordinal))
                    continue;
                var gloss = line.IndexOf(" | ", StringComparison.Ordinal);
                if (gloss < 12 || !int.TryParse(line.AsSpan(9, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var label)
                    || label >= _labels.Length)
                    throw new InvalidDataException($"{path}, line {number}: not a line of WordNet's data files.");
                yield return (label, line, gloss + 3);
            }
        }
    }

    // Offset, file, part of speech, number of words in hexadecimal, and each word with its number: "galore(ip) 0".
    private static IEnumerable<string> Synonyms(string line)
    {
        var fields = line.Split(' ');
        if (!int.TryParse(fields[3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var count) || count < 0
            || fields.Length < 4 + (2 * count))
            throw new InvalidDataException($"not a line of WordNet's data files: {Excerpt.Of(line)}");
        return Enumerable.Range(0, count).Select(i => fields[4 + (2 * i)].Split('(')[0])
            .Where(word => !word.Contains('_', StringComparison.Ordinal));
    }

    private static string Definition(string line, int start)
    {
        var end = line.IndexOf('"', start);
        return (end < 0 ? line[start..] : line[start..end]).Trim().TrimEnd(';', ':', ',', ' ');
    }

    private static IEnumerable<string> Examples(string line, int start)
    {
        for (var open = line.IndexOf('"', start); open >= 0; open = line.IndexOf('"', start))
        {
            var close = line.IndexOf('"', open + 1);
            if (close < 0)
                yield break;
            yield return line[(open + 1)..close];
            start = close + 1;
        }
    }

    private static IEnumerable<Document> Documents(List<List<string>> groups, string label) =>
        groups.Chunk(GroupsPerDocument).Select((chunk, index) => new Document(
            Title(label, index), label, [.. chunk.SelectMany(texts => texts)]));

    private static string Title(string label, int index) => string.Create(CultureInfo.InvariantCulture, $"{label} {index + 1}");
}
