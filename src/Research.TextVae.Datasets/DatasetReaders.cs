using Research.TextVae.Support;
using Research.TextVae.Text;

namespace Research.TextVae.Datasets;

/// <summary>Turns the files of a data set into a corpus, by the kind its manifest names.</summary>
internal static class DatasetReaders
{
    /// <param name="manifest">What is read.</param>
    /// <param name="folder">Where its files lie.</param>
    public static Corpus Read(DatasetManifest manifest, string folder) => Reading(manifest, () => manifest.Format.Kind switch
    {
        "r-books" => new Corpus(
            manifest.Name, manifest.Title, manifest.Licence, Books(manifest, folder, BookReader.Chapters)),
        "wordnet" => WordNetReader.Read(manifest, folder),
        "poems" => PoemReader.Read(manifest, folder),
        SwordReader.Kind => SwordReader.Read(manifest, folder),
        DescriptionReader.Kind => DescriptionReader.Read(manifest, folder),
        "text" => Renamed(UserTextReader.Read(Path.Combine(folder, manifest.Files[0].Name), manifest.Format.Layout), manifest),
        "glyphs" =>
            throw new UserException($"data set {manifest.Name} holds pictures of characters, no text; a model of text needs another."),
        var kind =>
            throw new UserException(
                $"data set {manifest.Name}: there is no format '{Excerpt.Of(kind)}'; known are r-books, wordnet, poems, sword, "
                    + "descriptions, text, glyphs."),
    });

    /// <summary>What a reader gives; where the files are not what they should be, the error names the data set.</summary>
    public static T Reading<T>(DatasetManifest manifest, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException error)
        {
            throw new UserException($"data set {manifest.Name}: {error.Message}", error);
        }
    }

    /// <summary>The chapters of all books of a data set.</summary>
    /// <param name="manifest">What is read.</param>
    /// <param name="folder">Where its file lies.</param>
    /// <param name="chapters">Makes chapters of a book's title and lines.</param>
    public static IReadOnlyList<T> Books<T>(
        DatasetManifest manifest, string folder, Func<string, IReadOnlyList<string>, IReadOnlyList<T>> chapters)
    {
        var books = RLazyLoad.ReadStrings(File.ReadAllBytes(Path.Combine(folder, manifest.Files[0].Name)));
        var titles = manifest.Format.Titles;
        if (books.Count != titles.Count)
            throw new UserException($"data set {manifest.Name}: the file holds {books.Count} books, its manifest names {titles.Count}.");
        var documents = new IReadOnlyList<T>[titles.Count];
        Parallel.For(0, titles.Count, i => documents[i] = chapters(titles[i], books[i]));
        return [.. documents.SelectMany(own => own)];
    }

    private static Corpus Renamed(Corpus corpus, DatasetManifest manifest) =>
        new(manifest.Name, manifest.Title, manifest.Licence, corpus.Documents);
}
