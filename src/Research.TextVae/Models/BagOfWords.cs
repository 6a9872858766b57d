using Research.TextVae.Text;
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
    : IBatch<BagOfWords>
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

    /// <inheritdoc/>
    public BagOfWords Tile(long times)
    {
        var (entries, documents) = (Words.shape[0], Size);
        Tensor Shifted(Tensor tensor, long by) =>
            (tensor.unsqueeze(0) + arange(times, device: tensor.device).unsqueeze(1) * by).flatten(); // [times · n]
        return new BagOfWords(
            Words.repeat(times), Counts.repeat(times), Shifted(Documents, documents), Shifted(Offsets, entries), Lengths.repeat(times),
            Tokens * times);
    }

    /// <inheritdoc/>
    public BagOfWords Weighted(Tensor weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return this with { Counts = Counts * weights.index_select(0, Documents) };
    }
}

/// <summary>Documents of which batches of bags of words are made.</summary>
/// <param name="documents">Token ids of each document.</param>
public sealed class BagOfWordsSet(IReadOnlyList<int[]> documents) : IDataset<BagOfWords>
{
    /// <inheritdoc/>
    public int Count => documents.Count;

    /// <summary>None: a bag has no time steps.</summary>
    public IReadOnlyList<int>? Lengths => null;

    /// <summary>Token ids of each document.</summary>
    public IReadOnlyList<int[]> Documents => documents;

    /// <summary>Token ids of a document.</summary>
    public int[] this[int index] => documents[index];

    /// <inheritdoc/>
    public BagOfWords Batch(IReadOnlyList<int> indices, Device device)
    {
        ArgumentNullException.ThrowIfNull(indices);
        return BagOfWords.From([.. indices.Select(index => documents[index])], device);
    }

    /// <summary>The same documents as vectors: 1 for each word that occurs, 0 for the others.</summary>
    /// <param name="vocabulary">Number of tokens in the vocabulary, the width of the vectors.</param>
    public IDataset<VectorBatch> Presence(int vocabulary) => new PresenceSet(this, vocabulary);

    private sealed class PresenceSet(BagOfWordsSet bags, int vocabulary) : IDataset<VectorBatch>
    {
        public int Count => bags.Count;

        public IReadOnlyList<int>? Lengths => null;

        public VectorBatch Batch(IReadOnlyList<int> indices, Device device)
        {
            using var scope = NewDisposeScope();
            var batch = bags.Batch(indices, device);
            var dense = zeros(batch.Size, vocabulary, device: device);
            dense.view(-1).index_fill_(0, batch.Documents * vocabulary + batch.Words, 1);
            return new VectorBatch(dense.MoveToOuterDisposeScope());
        }
    }
}
