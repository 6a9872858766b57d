using System.Text.Json.Serialization;
using Research.TextVae.Support;

namespace Research.TextVae.Text;

/// <summary>A text as documents of sentences.</summary>
public sealed class Corpus
{
    /// <exception cref="ArgumentException">Two documents have the same title.</exception>
    public Corpus(string name, string title, string licence, IReadOnlyList<Document> documents)
    {
        ArgumentNullException.ThrowIfNull(documents);
        var titles = new HashSet<string>(StringComparer.Ordinal);
        foreach (var document in documents)
        {
            if (!titles.Add(document.Title))
                throw new ArgumentException($"Two documents are called '{document.Title}'.", nameof(documents));
        }

        Name = name;
        Title = title;
        Licence = licence;
        Documents = documents;
    }

    /// <summary>Name of the data set, or of the file without its extension.</summary>
    public string Name { get; }

    /// <summary>Title for reports.</summary>
    public string Title { get; }

    /// <summary>Licence of the texts.</summary>
    public string Licence { get; }

    /// <summary>The documents in reading order.</summary>
    public IReadOnlyList<Document> Documents { get; }

    /// <summary>SHA-256 of the documents' titles, labels and sentences, in hexadecimal.</summary>
    [JsonIgnore]
    public string Sha256 => TextHash.Of(
        Documents.SelectMany(document => document.Sentences.Prepend(document.Label).Prepend(document.Title)));

    /// <summary>All sentences in reading order.</summary>
    public IEnumerable<Sentence> Sentences =>
        from document in Documents
        from text in document.Sentences
        select new Sentence(text, document.Title, document.Label);

    /// <summary>The corpus with only some of its sentences; documents that keep none are left out.</summary>
    /// <param name="keep">Whether to keep a sentence.</param>
    public Corpus Where(Func<string, bool> keep) => new(Name, Title, Licence,
    [
        .. Documents.Select(document => document with { Sentences = [.. document.Sentences.Where(keep)] })
            .Where(document => document.Sentences.Count > 0),
    ]);

    /// <summary>Several corpora as one, in their order. The title of a document comes after the name of its corpus.</summary>
    /// <param name="parts">The corpora, of different names.</param>
    public static Corpus Join(params IReadOnlyList<Corpus> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        string Of(Func<Corpus, string> text, string between) => string.Join(between, parts.Select(text).Distinct());
        return new(Of(part => part.Name, ","), Of(part => part.Title, "; "), Of(part => part.Licence, " "),
            [.. parts.SelectMany(part => part.Documents.Select(document => document with { Title = $"{part.Name}: {document.Title}" }))]);
    }

    /// <summary>
    /// Loads the user's own text file, or what a <see cref="CorpusSource"/> knows by name: with the package Research.TextVae.Datasets,
    /// a data set of its catalogue (fetched the first time) or one described by a manifest of the user's own (<c>*.json</c>). Several
    /// with commas between them are joined.
    /// </summary>
    /// <exception cref="UserException">No such name or file, no way to fetch it, or the text cannot be read.</exception>
    public static Corpus Load(string nameOrPath, CorpusOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(nameOrPath);
        options ??= CorpusOptions.Default;
        if (nameOrPath.Contains(',', StringComparison.Ordinal) && !Path.Exists(nameOrPath))
            return Join([.. nameOrPath.Split(',').Select(part => Load(part.Trim(), options))]);
        foreach (var source in CorpusSource.Registered)
        {
            if (source.Find(nameOrPath, options) is { } corpus)
                return corpus;
        }

        if (!Path.Exists(nameOrPath))
        {
            string[] known = [.. CorpusSource.Registered.SelectMany(source => source.Names)];
            throw new UserException(known.Length == 0
                ? $"'{Excerpt.Of(nameOrPath)}' is not a file; data sets are known by name when the package Research.TextVae.Datasets is "
                    + "referenced."
                : $"'{Excerpt.Of(nameOrPath)}' is neither a file nor a known data set; known are {string.Join(", ", known)} (see "
                    + "'textvae data list').");
        }

        return UserTextReader.Read(nameOrPath, options.Layout);
    }
}

/// <summary>A piece of running text that is never divided between training and evaluation, such as a chapter.</summary>
/// <param name="Title">Unique within the corpus.</param>
/// <param name="Label">What it belongs to, such as a novel.</param>
/// <param name="Sentences">In reading order.</param>
public sealed record Document(string Title, string Label, IReadOnlyList<string> Sentences);

/// <summary>One sentence and where it comes from.</summary>
/// <param name="Text">The sentence as written, white space made single spaces.</param>
/// <param name="Document">Title of the document that contains it, such as a chapter.</param>
/// <param name="Label">What the document belongs to, such as a novel; a class for labelled corpora.</param>
public sealed record Sentence(string Text, string Document, string Label);

/// <summary>How a corpus is found and read.</summary>
public sealed record CorpusOptions
{
    /// <summary>The options that apply where none are given.</summary>
    public static CorpusOptions Default { get; } = new();

    /// <summary>Layout of the user's own file; the manifests of data sets name theirs.</summary>
    public TextLayout Layout { get; init; }

    /// <summary>Folder of the cache; null for <c>$XDG_CACHE_HOME/research-textvae</c> or <c>~/.cache/research-textvae</c>.</summary>
    [JsonIgnore]
    public string? CacheFolder { get; init; }

    /// <summary>Receives a line when something slow or unusual happens: a download, a damaged cache.</summary>
    [JsonIgnore]
    public Action<string>? Notice { get; init; }
}
