using Research.TextVae.Support;

namespace Research.TextVae.Text;

/// <summary>Reads the user's own text file.</summary>
internal static class UserTextReader
{
    private const int SentencesPerDocument = 50, FewestDocuments = 20, FewestSentences = 20;

    public static Corpus Read(string path, TextLayout layout)
    {
        var lines = TextFile.ReadLines(path);
        if (layout == TextLayout.Auto)
            layout = LayoutDetector.Detect(lines);
        List<List<string>> blocks = layout switch
        {
            TextLayout.Lines =>
                [.. lines.Select(Whitespace.Collapse).Where(line => line.Length > 0).Select(line => new List<string> { line })],
            TextLayout.Paragraphs => [.. lines.Select(line => SentenceSplitter.Split(line).ToList()).Where(block => block.Count > 0)],
            _ => [.. Paragraphs.Join(lines).Select(block => SentenceSplitter.Split(block).ToList())],
        };
        var count = blocks.Sum(block => block.Count);
        if (count == 0)
            throw new UserException($"{path} holds no text.");
        if (count < FewestSentences)
            throw new UserException($"{path} holds {count} sentence(s) (read as {Name(layout)}); at least {FewestSentences} are needed.");
        var name = Path.GetFileNameWithoutExtension(path);
        return new Corpus(name, $"{Path.GetFileName(path)}, {Name(layout)}", "the user's own text", [.. Documents(blocks, count, name)]);
    }

    // Contiguous pieces of about equal size, cut between paragraphs where there are enough of them.
    private static IEnumerable<Document> Documents(List<List<string>> blocks, int sentences, string label)
    {
        var documents = Math.Max(FewestDocuments, sentences / SentencesPerDocument);
        var size = (sentences + documents - 1) / documents;
        if (blocks.Count < 2 * documents || blocks.Max(block => block.Count) > 2 * size)
            blocks = [.. blocks.SelectMany(block => block).Select(sentence => new List<string> { sentence })];
        var piece = new List<string>();
        var first = 1;
        foreach (var block in blocks)
        {
            piece.AddRange(block);
            if (piece.Count < size)
                continue;
            yield return Take();
        }

        if (piece.Count > 0)
            yield return Take();

        Document Take()
        {
            var document = new Document($"sentences {first} to {first + piece.Count - 1}", label, piece);
            first += piece.Count;
            piece = [];
            return document;
        }
    }

    private static string Name(TextLayout layout) => layout switch
    {
        TextLayout.Lines => "one sentence a line",
        TextLayout.Paragraphs => "one paragraph a line",
        _ => "prose in lines",
    };
}
