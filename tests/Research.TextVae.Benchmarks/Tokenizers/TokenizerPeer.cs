using System.Text.Json;
using Research.TextVae.Datasets;

namespace Research.TextVae.Benchmarks.Tokenizers;

/// <summary>What <c>peers/tokenizers.js</c> needs: Hugging Face's tokenizers, GPT-2's vocabulary, and files that say what to do.</summary>
internal static class TokenizerPeer
{
    /// <summary>Environment variables that hold the library to one thread.</summary>
    public static Dictionary<string, string> OneThread { get; } = new()
    {
        ["RAYON_NUM_THREADS"] = "1",
        ["TOKENIZERS_PARALLELISM"] = "false",
    };

    /// <summary>GPT-2's <c>encoder.json</c> and <c>vocab.bpe</c>, fetched once.</summary>
    public static (string Vocabulary, string Merges) Gpt2()
    {
        var folder = Fetch("gpt2-vocabulary");
        return (Path.Combine(folder, "encoder.json"), Path.Combine(folder, "vocab.bpe"));
    }

    /// <summary>Writes <c>workload.json</c> and the texts: encode them with GPT-2's vocabulary, or that of a
    /// <c>tokenizer.json</c>.</summary>
    public static void PrepareEncoding(string folder, IEnumerable<string> texts, string? tokenizer = null)
    {
        var (vocabulary, merges) = Gpt2();
        var path = Path.Combine(folder, "texts.json");
        WriteTexts(path, texts);
        Write(folder, new { addon = Addon(), texts = path, vocabulary, merges, tokenizer });
    }

    /// <summary>Writes <c>workload.json</c>: train on a file, each line with its line break a text.</summary>
    public static void PrepareTraining(string folder, string text) => Write(folder, new { addon = Addon(), train = text });

    private static void Write(string folder, object workload) =>
        File.WriteAllText(Path.Combine(folder, "workload.json"), JsonSerializer.Serialize(workload));

    // Not by the serializer: it would replace lone surrogates, which the peer must get as they are.
    private static void WriteTexts(string path, IEnumerable<string> texts)
    {
        using var writer = new StreamWriter(path);
        var separator = '[';
        foreach (var text in texts)
        {
            writer.Write($"{separator}\n\"");
            foreach (var c in text)
            {
                if (c is >= ' ' and <= '~' and not '"' and not '\\')
                    writer.Write(c);
                else
                    writer.Write($"\\u{(int)c:x4}");
            }

            writer.Write('"');
            separator = ',';
        }

        writer.Write(']');
    }

    private static string Addon() => Path.Combine(Fetch("huggingface-tokenizers"), "tokenizers.linux-x64-gnu.node");

    private static string Fetch(string manifest) =>
        new DatasetCache().Fetch(DatasetCatalog.Find(Path.Combine(AppContext.BaseDirectory, "peers", manifest + ".json"))!);
}
