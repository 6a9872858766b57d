using System.Text.Json;
using Research.TextVae.Support;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Datasets;

/// <summary>
/// Poems as the chinese-poetry collection has them: JSON arrays of <c>{author, title, paragraphs}</c>, a paragraph a couplet. Couplets
/// with gaps (<c>□</c>) and what editors wrote into the text are left out.
/// </summary>
internal static class PoemReader
{
    private const string Punctuation = "，。、？！；：";

    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { TypeInfoResolver = Json.Types };

    public static Corpus Read(DatasetManifest manifest, string folder)
    {
        var documents = new List<Document>();
        var poems = new Dictionary<string, int>(StringComparer.Ordinal);
        var titles = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in manifest.Files)
        {
            foreach (var poem in Poems(Path.Combine(folder, file.Name)))
            {
                var couplets = Couplets(poem.Paragraphs!);
                if (couplets.Count == 0)
                    continue;
                // Many poems have the same title.
                var name = $"{poem.Author}《{poem.Title}》";
                var number = poems[name] = poems.GetValueOrDefault(name) + 1;
                var title = number == 1 ? name : $"{name} ({number})";
                if (!titles.Add(title))
                    throw new InvalidDataException($"two poems are called {Excerpt.Of(title)}");
                documents.Add(new Document(title, poem.Author, couplets));
            }
        }

        return new Corpus(manifest.Name, manifest.Title, manifest.Licence, documents);
    }

    private static Poem[] Poems(string path)
    {
        using var stream = File.OpenRead(path);
        try
        {
            var poems = JsonSerializer.Deserialize<Poem[]>(stream, _json) ?? [];
            return poems.All(poem => poem is { Author: not null, Title: not null, Paragraphs: not null } && !poem.Paragraphs.Contains(null))
                ? poems
                : throw new JsonException("a poem lacks its author, title or paragraphs");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path} is not an array of poems: {Excerpt.Of(error.Message, 150)}", error);
        }
    }

    private static List<string> Couplets(IEnumerable<string> paragraphs)
    {
        var couplets = new List<string>();
        // A note in brackets may go on over several paragraphs.
        var open = 0;
        foreach (var paragraph in paragraphs)
        {
            if (open == 0 && paragraph.Length > 0 && IsVerse(paragraph))
                couplets.Add(paragraph);
            open = Math.Max(0, open + paragraph.Count(c => c == '（') - paragraph.Count(c => c == '）'));
        }

        return couplets;
    }

    private static bool IsVerse(string text)
    {
        for (var i = 0; i < text.Length;)
        {
            var units = 1;
            if (!Punctuation.Contains(text[i], StringComparison.Ordinal) && !Letters.IsIdeograph(text, i, out units))
                return false;
            i += units;
        }

        return true;
    }

    private sealed record Poem(string Author, string Title, string?[] Paragraphs);
}
