using Research.TextVae.Support;
using Research.TextVae.Text;

namespace Research.TextVae.Datasets;

/// <summary>Texts in pairs from the data sets of the catalogue.</summary>
public static class ParallelCorpora
{
    /// <summary>
    /// The verses of two Bibles, paired by chapter and verse; a document is a chapter, its label the book. Where both are tagged with
    /// the numbers of the Hebrew or Greek words (Strong 1890), a pair must share half of them, which leaves out the chapters that the
    /// two count differently; and verses of clauses that pair one by one are divided into them, if that is asked for.
    /// </summary>
    /// <param name="source">A data set of the catalogue that is a Bible.</param>
    /// <param name="target">Another one.</param>
    /// <param name="clauses">Whether verses are divided into clauses.</param>
    /// <param name="options">Where the data sets are kept.</param>
    /// <exception cref="UserException">One of them is no Bible of the catalogue or cannot be had.</exception>
    public static ParallelCorpus Bibles(string source, string target, bool clauses = false, CorpusOptions? options = null)
    {
        var (read, written) = (Bible(source, options), Bible(target, options));
        var verses = VerseAlignment.Pair(read.Verses, written.Verses).ToLookup(pair => pair.Target.Chapter);
        return new ParallelCorpus(
            $"{source}, {target}", $"{read.Manifest.Title} / {written.Manifest.Title}",
            $"{read.Manifest.Licence} {written.Manifest.Licence}",
            [.. verses.Select(chapter => new ParallelDocument(chapter.Key, chapter.First().Target.Book, [.. chapter.SelectMany(pair =>
                clauses ? VerseAlignment.Clauses(pair.Source, pair.Target) : [new TextPair(pair.Source.Text, pair.Target.Text)])]))]);
    }

    /// <summary>
    /// The first paragraph of each package description that apt knows, with the synopsis that sums it up. Packages whose names differ
    /// in digits and dots only are one document; of packages that are described alike, the first one counts.
    /// </summary>
    /// <param name="options">Where the data set is kept.</param>
    /// <exception cref="UserException">The machine has no apt, or apt no descriptions.</exception>
    public static ParallelCorpus Descriptions(CorpusOptions? options = null)
    {
        var manifest = DatasetCatalog.Find(DescriptionReader.DataSet)!;
        var folder = new DatasetCache(options?.CacheFolder, options?.Notice).Fetch(manifest);
        var families = DatasetReaders.Reading(manifest, () => DescriptionReader.Descriptions(manifest, folder))
            .DistinctBy(one => one.Paragraph).GroupBy(one => one.Family);
        return new ParallelCorpus(manifest.Name, manifest.Title, manifest.Licence, [.. families.Select(family =>
            new ParallelDocument(family.Key, "", [.. family.Select(one => new TextPair(one.Paragraph, one.Synopsis))]))]);
    }

    /// <summary>The definitions of WordNet, each with each single word that it defines: what a reverse dictionary is learned from (Hill et
    /// al. 2016). A document is fifty groups of synonyms, its label the lexicographer's file.</summary>
    /// <param name="options">Where the data set is kept.</param>
    /// <exception cref="UserException">It cannot be had.</exception>
    public static ParallelCorpus Definitions(CorpusOptions? options = null) => Read("wordnet", options, WordNetReader.Words);

    /// <summary>Speeches of Austen's novels, each with the reply to it (<see cref="Speeches.Replies"/>). A document is a chapter, its
    /// label the novel.</summary>
    /// <inheritdoc cref="Definitions"/>
    public static ParallelCorpus Replies(CorpusOptions? options = null) =>
        Read("austen", options, (manifest, folder) => DatasetReaders.Books(manifest, folder, BookReader.Replies));

    private static ParallelCorpus Read(
        string name, CorpusOptions? options, Func<DatasetManifest, string, IReadOnlyList<ParallelDocument>> read)
    {
        var manifest = DatasetCatalog.Find(name)!;
        var folder = new DatasetCache(options?.CacheFolder, options?.Notice).Fetch(manifest);
        return new(manifest.Name, manifest.Title, manifest.Licence, DatasetReaders.Reading(manifest, () => read(manifest, folder)));
    }

    private static (DatasetManifest Manifest, IReadOnlyList<Verse> Verses) Bible(string name, CorpusOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var manifest = DatasetCatalog.Find(name);
        if (manifest?.Format.Kind != SwordReader.Kind)
        {
            var known = DatasetCatalog.All.Where(entry => entry.Format.Kind == SwordReader.Kind).Select(entry => entry.Name);
            throw new UserException($"'{name}' is no Bible of the catalogue; there are {string.Join(", ", known)}.");
        }
        var folder = new DatasetCache(options?.CacheFolder, options?.Notice).Fetch(manifest);
        return (manifest, DatasetReaders.Reading(manifest, () => SwordReader.Verses(manifest, folder)));
    }
}
