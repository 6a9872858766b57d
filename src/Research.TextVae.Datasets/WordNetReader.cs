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
    private static readonly string[] s_labels =
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
        var groups = new List<List<string>>[s_labels.Length];
        for (var label = 0; label < groups.Length; label++)
            groups[label] = [];
        foreach (var file in manifest.Files)
            ReadFile(Path.Combine(folder, file.Name), examples, groups);
        return new Corpus(
            manifest.Name, manifest.Title, manifest.Licence, [.. groups.SelectMany((own, label) => Documents(own, s_labels[label]))]);
    }

    private static void ReadFile(string path, bool examples, List<List<string>>[] groups)
    {
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (line.StartsWith("  ", StringComparison.Ordinal))
                continue;
            var gloss = line.IndexOf(" | ", StringComparison.Ordinal);
            if (gloss < 12 || !int.TryParse(line.AsSpan(9, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var label)
                || label >= groups.Length)
                throw new InvalidDataException($"{path}, line {number}: not a line of WordNet's data files.");
            var texts = (examples ? Examples(line, gloss + 3) : [Definition(line, gloss + 3)])
                .Select(Whitespace.Collapse).Where(text => text.Length > 0).ToList();
            if (texts.Count > 0)
                groups[label].Add(texts);
        }
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
            string.Create(CultureInfo.InvariantCulture, $"{label} {index + 1}"), label, [.. chunk.SelectMany(texts => texts)]));
}
