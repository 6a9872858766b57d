using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>A batch of documents as the counts of their words, without the order: only words that occur have an entry.</summary>
/// <param name="Words">The different words of the first document, then of the next; int64 [entries].</param>
/// <param name="Counts">How often each occurs; float32 [entries].</param>
/// <param name="Documents">The document of each entry; int64 [entries].</param>
/// <param name="Offsets">Where each document's entries begin; int64 [batch].</param>
/// <param name="Lengths">Words of each document, with repetition; float32 [batch].</param>
/// <param name="Tokens">Words of the whole batch, with repetition.</param>
public sealed record BagOfWords(Tensor Words, Tensor Counts, Tensor Documents, Tensor Offsets, Tensor Lengths, long Tokens)
{
    /// <summary>Documents in the batch.</summary>
    public long Size => Offsets.shape[0];

    /// <param name="documents">Token ids.</param>
    /// <param name="device">Where the tensors go.</param>
    public static BagOfWords From(IReadOnlyList<int[]> documents, Device device)
    {
        ArgumentNullException.ThrowIfNull(documents);
        List<long> words = [], rows = [], offsets = [];
        var counts = new List<float>();
        foreach (var document in documents)
        {
            offsets.Add(words.Count);
            var sorted = document.AsSpan().ToArray();
            Array.Sort(sorted);
            for (var i = 0; i < sorted.Length; i++)
            {
                if (i > 0 && sorted[i] == sorted[i - 1])
                {
                    counts[^1]++;
                    continue;
                }

                words.Add(sorted[i]);
                counts.Add(1);
                rows.Add(offsets.Count - 1);
            }
        }

        return new BagOfWords(
            torch.tensor(words.ToArray(), device: device),
            torch.tensor(counts.ToArray(), device: device),
            torch.tensor(rows.ToArray(), device: device),
            torch.tensor(offsets.ToArray(), device: device),
            torch.tensor(documents.Select(document => (float)document.Length).ToArray(), device: device),
            documents.Sum(document => (long)document.Length));
    }
}
