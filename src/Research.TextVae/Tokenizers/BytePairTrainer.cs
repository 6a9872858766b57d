using System.Runtime.InteropServices;
using System.Text;

namespace Research.TextVae.Tokenizers;

/// <summary>
/// Learns merges as Hugging Face's <c>BpeTrainer</c> does, to the same result: the most frequent pair of neighbours merges in all
/// words, of equally frequent ones that with the lowest ids, until the vocabulary is full. Only the words a pair occurs in are visited.
/// </summary>
internal sealed class BytePairTrainer
{
    private readonly List<string> _tokens;
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly int _markers;
    private readonly int[][] _words;
    private readonly int[] _lengths, _frequencies;
    private readonly Dictionary<ulong, int> _pairs = [];
    private readonly List<Pair> _statistics = [];
    private readonly List<int> _touched = [];
    private readonly PriorityQueue<Candidate, Priority> _queue = new();

    private BytePairTrainer(WordCounts words)
    {
        _tokens = [.. Vocabulary.Markers, .. ByteAlphabet.Ordered];
        _markers = Vocabulary.Markers.Count;
        for (var id = 0; id < _tokens.Count; id++)
            _ids.Add(_tokens[id], id);
        var bytes = Enumerable.Range(0, 256).Select(b => _ids[ByteAlphabet.Encode((byte)b)]).ToArray();
        (_words, _lengths, _frequencies) = (new int[words.Count][], new int[words.Count], new int[words.Count]);
        for (var w = 0; w < _words.Length; w++)
        {
            (var word, _frequencies[w]) = words[w];
            _words[w] = Array.ConvertAll(Encoding.UTF8.GetBytes(word), b => bytes[b]);
            _lengths[w] = _words[w].Length;
            for (var i = 0; i + 1 < _lengths[w]; i++)
                Change(_words[w][i], _words[w][i + 1], w, _frequencies[w]);
        }

        OfferTouched();
    }

    public static BytePairDefinition Train(WordCounts words, BpeTokenizerOptions options)
    {
        var trainer = new BytePairTrainer(words);
        var merges = trainer.Learn(options.MaxVocabulary, options.MinFrequency);
        return new BytePairDefinition(trainer._tokens, merges)
        {
            Special = Vocabulary.Markers,
            Unknown = Vocabulary.Markers[Vocabulary.UnkId],
            Normalizers = options.Lowercase ? [TextNormalizer.Lowercase] : [],
        };
    }

    private List<(string Left, string Right)> Learn(int maxVocabulary, int minFrequency)
    {
        var merges = new List<(string, string)>();
        while (_tokens.Count < maxVocabulary && _queue.TryDequeue(out var candidate, out var priority))
        {
            var count = _statistics[candidate.Pair].Count;
            if (count != priority.Count)
            {
                // Merges made meanwhile have changed it.
                _queue.Enqueue(candidate, priority with { Count = count });
                continue;
            }

            if (count < minFrequency)
                break;
            var (left, right) = ((int)(priority.Key >> 32), (int)priority.Key);
            var (first, second) = (_tokens[left], _tokens[right]);
            // The same token can come from two pairs.
            ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(_ids, first + second, out var exists);
            if (exists && id < _markers)
                continue;
            if (!exists)
            {
                id = _tokens.Count;
                _tokens.Add(first + second);
            }

            merges.Add((first, second));
            foreach (var word in candidate.Words)
                Merge(word, left, right, id);
            OfferTouched();
        }

        return merges;
    }

    private void Merge(int w, int left, int right, int product)
    {
        var (word, length, frequency) = (_words[w], _lengths[w], _frequencies[w]);
        var kept = 0;
        for (var i = 0; i < length; i++)
        {
            if (word[i] != left || i + 1 == length || word[i + 1] != right)
            {
                word[kept++] = word[i];
                continue;
            }

            if (kept > 0)
            {
                Change(word[kept - 1], left, w, -frequency);
                Change(word[kept - 1], product, w, frequency);
            }

            word[kept++] = product;
            i++;
            if (i + 1 < length)
            {
                Change(right, word[i + 1], w, -frequency);
                Change(product, word[i + 1], w, frequency);
            }
        }

        _lengths[w] = kept;
    }

    // The pair that merges keeps its own count, as in the model this follows: it matters where another pair makes its token again.
    private void Change(int left, int right, int word, int change)
    {
        var key = ((ulong)(uint)left << 32) | (uint)right;
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, key, out var exists);
        if (!exists)
        {
            number = _statistics.Count;
            _statistics.Add(new Pair(key));
        }

        var pair = _statistics[number];
        pair.Count += change;
        if (change < 0)
            return;
        if (pair.NewWords.Count == 0)
            _touched.Add(number);
        // Words are visited in turn, so a word that is in the list already is the last one.
        if (pair.NewWords.Count == 0 || pair.NewWords[^1] != word)
            pair.NewWords.Add(word);
    }

    private void OfferTouched()
    {
        foreach (var number in _touched)
        {
            var pair = _statistics[number];
            if (pair.Count > 0)
                _queue.Enqueue(new Candidate(number, pair.NewWords), new Priority(pair.Count, pair.Key));
            pair.NewWords = [];
        }

        _touched.Clear();
    }

    private sealed class Pair(ulong key)
    {
        public ulong Key { get; } = key;

        public long Count { get; set; }

        /// <summary>Words it has come up in since it was last offered.</summary>
        public List<int> NewWords { get; set; } = [];
    }

    /// <param name="Pair">Its number.</param>
    /// <param name="Words">Where it is to be merged.</param>
    private readonly record struct Candidate(int Pair, List<int> Words);

    private readonly record struct Priority(long Count, ulong Key) : IComparable<Priority>
    {
        public int CompareTo(Priority other) => Count != other.Count ? other.Count.CompareTo(Count) : Key.CompareTo(other.Key);
    }
}

/// <summary>How often each word occurs; the words in the order of their first occurrence.</summary>
internal sealed class WordCounts
{
    private readonly List<string> _words = [];
    private readonly List<int> _counts = [];
    private readonly List<ulong> _hashes = [];
    private int[] _slots = new int[1 << 10];

    public int Count => _words.Count;

    public (string Word, int Count) this[int index] => (_words[index], _counts[index]);

    public void AddText(ReadOnlySpan<char> text)
    {
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = Gpt2Words.End(text, start);
            Add(text[start..end]);
        }
    }

    private void Add(ReadOnlySpan<char> word)
    {
        var hash = WordHash.Compute(word);
        ref var slot = ref Find(word, hash);
        if (slot > 0)
        {
            _counts[slot - 1]++;
            return;
        }

        _words.Add(word.ToString());
        _counts.Add(1);
        _hashes.Add(hash);
        slot = _words.Count;
        if (2 * _words.Count > _slots.Length)
            Grow();
    }

    // A slot holds the number of a word counted from 1; 0 where there is none.
    private ref int Find(ReadOnlySpan<char> word, ulong hash)
    {
        var i = (int)(hash >> 32) & (_slots.Length - 1);
        while (_slots[i] > 0 && !(_hashes[_slots[i] - 1] == hash && word.SequenceEqual(_words[_slots[i] - 1])))
            i = (i + 1) & (_slots.Length - 1);
        return ref _slots[i];
    }

    private void Grow()
    {
        _slots = new int[4 * _slots.Length];
        for (var n = 0; n < _words.Count; n++)
            Find(_words[n], _hashes[n]) = n + 1;
    }
}

/// <summary>Ranks and products of the merges by pair of ids: open addressing, at most half full, never changed once filled.</summary>
internal sealed class PairTable
{
    /// <summary>The rank of a pair that does not merge.</summary>
    public const int None = int.MaxValue;

    private readonly Slot[] _slots;
    private readonly int _shift;

    public PairTable(int capacity)
    {
        var bits = System.Numerics.BitOperations.Log2((uint)Math.Max(capacity, 1)) + 2;
        _slots = new Slot[1 << bits];
        Array.Fill(_slots, new Slot(ulong.MaxValue, None, None));
        _shift = 64 - bits;
    }

    /// <summary>Of two entries for the same pair the last counts.</summary>
    public void Set(int left, int right, int rank, int product)
    {
        var key = Key(left, right);
        var i = First(key);
        while (_slots[i].Key != key && _slots[i].Key != ulong.MaxValue)
            i = (i + 1) & (_slots.Length - 1);
        _slots[i] = new Slot(key, rank, product);
    }

    /// <summary>The rank of the pair, the lower the earlier it merges, and the id it merges to.</summary>
    public (int Rank, int Product) this[int left, int right]
    {
        get
        {
            var key = Key(left, right);
            var slots = _slots;
            for (var i = First(key); ; i = (i + 1) & (slots.Length - 1))
            {
                ref readonly var slot = ref slots[i];
                if (slot.Key == key || slot.Key == ulong.MaxValue)
                    return (slot.Rank, slot.Product);
            }
        }
    }

    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    // Fibonacci hashing: the high bits of the product depend on all bits of the key.
    private int First(ulong key) => (int)((key * 0x9E3779B97F4A7C15) >> _shift);

    private readonly record struct Slot(ulong Key, int Rank, int Product);
}
