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

    public string Name { get; }

    public string Title { get; }

    public string Licence { get; }

    public IReadOnlyList<Document> Documents { get; }

    /// <summary>All sentences in reading order.</summary>
    public IEnumerable<Sentence> Sentences =>
        from document in Documents
        from text in document.Sentences
        select new Sentence(text, document.Title, document.Label);

    /// <summary>
    /// Loads a data set of the catalogue by its name (fetching it the first time), a data set described by the user's own
    /// manifest (<c>*.json</c>), or the user's own text file.
    /// </summary>
    /// <exception cref="UserException">No such name or file, no way to fetch it, or the text cannot be read.</exception>
    public static Corpus Load(string nameOrPath, CorpusOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(nameOrPath);
        options ??= CorpusOptions.Default;
        if (DatasetCatalog.Find(nameOrPath) is { } manifest)
            return DatasetReaders.Read(manifest, new DatasetCache(options.CacheFolder, options.Notice).Fetch(manifest));
        if (!Path.Exists(nameOrPath))
            throw new UserException(
                $"'{nameOrPath}' is neither a file nor a known data set; known are {string.Join(", ", DatasetCatalog.All.Select(known => known.Name))} (see 'textvae data list').");
        return UserTextReader.Read(nameOrPath, options.Layout);
    }
}
