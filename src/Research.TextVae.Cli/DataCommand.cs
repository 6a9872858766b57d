using System.CommandLine;
using System.Globalization;
using Research.TextVae.Datasets;
using Research.TextVae.Support;
using Research.TextVae.Text;
using Command = System.CommandLine.Command;

namespace Research.TextVae.Cli;

/// <summary><c>textvae data list|fetch|show</c>: the data sets known by name, and what a corpus consists of.</summary>
internal static class DataCommand
{
    public static Command Create()
    {
        var list = new Command("list", "The data sets known by name, and whether they are in the cache.");
        list.SetAction(_ => List());

        var names = new Argument<string[]>("name")
        {
            Description = "Name of a data set, or path of a manifest (*.json).",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var all = new Option<bool>("--all") { Description = "All data sets of the catalogue." };
        var fetch = new Command("fetch", "Download data sets into the cache, verified by SHA-256.") { names, all };
        fetch.SetAction(result => Fetch(result.GetValue(names) ?? [], result.GetValue(all)));

        var corpus = new Argument<string>("corpus")
        {
            Description = "Name of a data set, path of a manifest (*.json), or path of your own text file.",
        };
        var layout = new Option<TextLayout>("--layout")
        {
            Description = "How your own file holds its sentences: lines (one per line), prose (lines broken at a margin), paragraphs (one "
                + "per line). Default: recognized from the text.",
        };
        var maxTokens = new Option<int>("--max-tokens") { Description = "Leave out longer sentences.", DefaultValueFactory = _ => 40 };
        var vocabulary = new Option<int>("--vocabulary")
        {
            Description = "Largest size of the vocabulary.",
            DefaultValueFactory = _ => 10_000,
        };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the choice of held-out documents." };
        var show = new Command("show", "What a corpus consists of: documents, sentence lengths, vocabulary, split, samples, licence.")
        {
            corpus, layout, maxTokens, vocabulary, seed,
        };
        show.SetAction(result => DataDescription.Write(
            result.GetValue(corpus)!,
            new TextOptions
            {
                MaxTokens = result.GetValue(maxTokens),
                MaxVocabulary = result.GetValue(vocabulary),
                Seed = result.GetValue(seed),
                Corpus = new CorpusOptions { Layout = result.GetValue(layout), Notice = Notice },
            }));
        return new Command("data", "List, fetch and describe the texts to train on.") { list, fetch, show };
    }

    private static void List()
    {
        var cache = new DatasetCache();
        var table = Output.Table("name", "title", ">download", "cached", "licence");
        foreach (var manifest in DatasetCatalog.All)
        {
            var size = string.Create(CultureInfo.InvariantCulture, $"{manifest.Sources[0].Size / 1e6:0.0} MB");
            table.Row(manifest.Name, manifest.Title, size, cache.Holds(manifest) ? "yes" : "no", manifest.Licence);
        }

        Output.Write(table);
        Output.Line($"Cache: {DatasetCache.DefaultFolder}. Your own text file can be given by its path wherever a name can.");
    }

    private static void Fetch(string[] names, bool all)
    {
        if (names.Length == 0 != all)
            throw new UserException("give either the names of data sets or --all; see 'textvae data list'.");
        var manifests = all
            ? DatasetCatalog.All
            : [.. names.Select(name => DatasetCatalog.Find(name)
                ?? throw new UserException(
                    $"there is no data set '{name}'; known are {string.Join(", ", DatasetCatalog.All.Select(known => known.Name))}."))];
        var cache = new DatasetCache(notice: Notice);
        foreach (var manifest in manifests)
            Output.Line($"{manifest.Name}: {cache.Fetch(manifest)}");
    }

    private static void Notice(string line) => Console.Error.WriteLine(line);
}
