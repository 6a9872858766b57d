using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Research.TextVae.Support;

namespace Research.TextVae.Tokenizers;

/// <summary>Words to ids: always the pair of lowest rank merges next, the leftmost of equal ones (Sennrich et al. 2016).</summary>
internal sealed class BytePairEncoder
{
    private const int Left = -1;

    // Up to here looking through all pairs for the lowest is faster than keeping them in a heap.
    private const int FewBytes = 128;

    private readonly int[] _byteIds = new int[256];
    private readonly PairTable _pairs;
    private readonly WordCache _cache = new();
    private readonly WordPattern _pattern;

    // By their bytes in the byte alphabet; null where words are merged even if they are tokens.
    private readonly Dictionary<string, int>? _whole;

    /// <exception cref="InvalidDataException">A merge names or makes a token that is not among the tokens.</exception>
    public BytePairEncoder(BytePairDefinition definition)
    {
        var ids = new Dictionary<string, int>(definition.Tokens.Count, StringComparer.Ordinal);
        for (var id = 0; id < definition.Tokens.Count; id++)
            ids.Add(definition.Tokens[id], id);
        for (var b = 0; b < 256; b++)
            _byteIds[b] = ids.TryGetValue(ByteAlphabet.Encode((byte)b), out var id)
                ? id
                : definition.Unknown is { } unknown
                ? ids[unknown]
                : Left;
        _pairs = new PairTable(definition.Merges.Count);
        _pattern = definition.Pattern;
        var special = definition.Special.ToHashSet(StringComparer.Ordinal);
        if (definition.IgnoresMerges)
            _whole = ids.Where(token => !special.Contains(token.Key)).ToDictionary(StringComparer.Ordinal);
        for (var rank = 0; rank < definition.Merges.Count; rank++)
        {
            var (left, right) = definition.Merges[rank];
            // Text is text, also where it spells a special token.
            if (!special.Contains(left + right))
                _pairs.Set(Id(left), Id(right), rank, Id(left + right));
        }

        int Id(string token) => ids.TryGetValue(token, out var id)
            ? id
            : throw new InvalidDataException($"a merge needs the token '{Excerpt.Of(token)}', which is not in the vocabulary");
    }

    /// <summary>Whether text can hold the byte without its being left out.</summary>
    public bool Holds(byte value) => _byteIds[value] != Left;

    public void AppendText(ReadOnlySpan<char> text, ref IdBuffer ids)
    {
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = WordPatterns.End(_pattern, text, start);
            AppendWord(text[start..end], ref ids);
        }
    }

    public void AppendWord(ReadOnlySpan<char> word, ref IdBuffer ids)
    {
        var hash = WordHash.Compute(word);
        if (_cache.TryFind(word, hash, out var known))
        {
            ids.Append(known);
            return;
        }

        var most = Encoding.UTF8.GetMaxByteCount(word.Length);
        if (most <= 4 * FewBytes)
        {
            Append(word, hash, stackalloc byte[most], stackalloc int[most], ref ids);
        }
        else
        {
            var (bytes, symbols) = (ArrayPool<byte>.Shared.Rent(most), ArrayPool<int>.Shared.Rent(most));
            Append(word, hash, bytes, symbols, ref ids);
            ArrayPool<byte>.Shared.Return(bytes);
            ArrayPool<int>.Shared.Return(symbols);
        }
    }

    private void Append(ReadOnlySpan<char> word, ulong hash, scoped Span<byte> bytes, scoped Span<int> symbols, ref IdBuffer ids)
    {
        // Lone surrogates become U+FFFD.
        bytes = bytes[..Encoding.UTF8.GetBytes(word, bytes)];
        if (_whole is not null && _whole.TryGetValue(ByteAlphabet.Encode(bytes), out var token))
        {
            _cache.Add(word, hash, [token]);
            ids.Append([token]);
            return;
        }

        var count = 0;
        foreach (var b in bytes)
        {
            symbols[count] = _byteIds[b];
            count += symbols[count] == Left ? 0 : 1;
        }

        symbols = symbols[..count];
        symbols = symbols[..(count <= FewBytes ? MergeFew(symbols) : MergeMany(symbols))];
        _cache.Add(word, hash, symbols);
        ids.Append(symbols);
    }

    // Merges in place and returns how many symbols are left.
    private int MergeFew(Span<int> symbols)
    {
        var count = symbols.Length;
        Span<int> ranks = stackalloc int[count];
        for (var i = 0; i + 1 < count; i++)
            ranks[i] = _pairs[symbols[i], symbols[i + 1]].Rank;
        while (count > 1)
        {
            var best = 0;
            for (var i = 1; i < count - 1; i++)
            {
                if (ranks[i] < ranks[best])
                    best = i;
            }

            if (ranks[best] == PairTable.None)
                break;
            symbols[best] = _pairs[symbols[best], symbols[best + 1]].Product;
            symbols[(best + 2)..count].CopyTo(symbols[(best + 1)..]);
            count--;
            if (best + 1 < count)
                ranks[(best + 2)..count].CopyTo(ranks[(best + 1)..]);
            if (best > 0)
                ranks[best - 1] = _pairs[symbols[best - 1], symbols[best]].Rank;
            if (best + 1 < count)
                ranks[best] = _pairs[symbols[best], symbols[best + 1]].Rank;
        }

        return count;
    }

    // The same with a heap of pairs and a linked list of symbols, so that a word of any length takes n log n.
    private int MergeMany(Span<int> symbols)
    {
        const int Merged = -2;
        var (previous, next) = (new int[symbols.Length], new int[symbols.Length]);
        var queue = new PriorityQueue<int, long>(symbols.Length);
        for (var i = 0; i < symbols.Length; i++)
            (previous[i], next[i]) = (i - 1, i + 1);
        for (var i = 0; i + 1 < symbols.Length; i++)
            Offer(symbols, i);
        while (queue.TryDequeue(out var i, out var priority))
        {
            var after = next[i];
            // A pair that has changed since it was offered has been offered anew.
            if (symbols[i] == Merged || after == symbols.Length || _pairs[symbols[i], symbols[after]] is var pair
                && pair.Rank != priority >> 32)
                continue;
            symbols[i] = pair.Product;
            symbols[after] = Merged;
            next[i] = next[after];
            if (next[i] < symbols.Length)
                previous[next[i]] = i;
            Offer(symbols, i);
            if (previous[i] >= 0)
                Offer(symbols, previous[i]);
        }

        var count = 0;
        foreach (var symbol in symbols)
        {
            if (symbol != Merged)
                symbols[count++] = symbol;
        }

        return count;

        void Offer(Span<int> symbols, int i)
        {
            if (next[i] < symbols.Length && _pairs[symbols[i], symbols[next[i]]].Rank is var rank and < PairTable.None)
                queue.Enqueue(i, ((long)rank << 32) | (uint)i);
        }
    }
}

/// <summary>What a byte-level BPE tokenizer is made of, as files and trainers give it.</summary>
/// <param name="Tokens">In the order of their ids, bytes written in <see cref="ByteAlphabet"/>.</param>
/// <param name="Merges">Pairs of tokens; the earlier one goes first.</param>
internal sealed record BytePairDefinition(IReadOnlyList<string> Tokens, IReadOnlyList<(string Left, string Right)> Merges)
{
    /// <summary>Tokens that no text turns into.</summary>
    public IReadOnlyList<string> Special { get; init; } = [];

    /// <summary>Stands for a byte that is not among the tokens; without one such bytes are left out.</summary>
    public string? Unknown { get; init; }

    /// <summary>What is done to text first, in this order.</summary>
    public IReadOnlyList<TextNormalizer> Normalizers { get; init; } = [];

    /// <summary>What cuts text into words.</summary>
    public WordPattern Pattern { get; init; }

    /// <summary>Whether a word that is a token is that token, whatever its merges give.</summary>
    public bool IgnoresMerges { get; init; }

    /// <summary>Tokens that are cut out of text; they stand among <see cref="Tokens"/> and are not special.</summary>
    public IReadOnlyList<AddedToken> Added { get; init; } = [];

    /// <summary>Whether capital and small letters are the same.</summary>
    public bool Lowercase => Normalizers.Contains(TextNormalizer.Lowercase);
}

/// <summary>What can be done to text before it is cut into words, by the name that Hugging Face's files have for it.</summary>
internal enum TextNormalizer
{
    /// <summary>Small letters instead of capital ones.</summary>
    Lowercase,

    /// <summary>Unicode normalization form C.</summary>
    NFC,
}

/// <summary>
/// The ids of words seen before, for any number of threads without locks. It never grows: a new word takes the place of an older
/// one. An entry is one array that is complete before it is published:
/// <c>[characters of the word, its ids…, its characters two to a number]</c>.
/// </summary>
internal sealed class WordCache
{
    private const int Bits = 16, Ways = 4, LongestWord = 64;

    private readonly int[]?[] _slots = new int[]?[1 << Bits];

    public bool TryFind(ReadOnlySpan<char> word, ulong hash, out ReadOnlySpan<int> ids)
    {
        var first = First(hash);
        for (var way = 0; way < Ways; way++)
        {
            var entry = _slots[first ^ way];
            if (entry is null)
                break;
            if (entry[0] == word.Length && Characters(entry, word.Length).SequenceEqual(word))
            {
                ids = entry.AsSpan(1..^Numbers(word.Length));
                return true;
            }
        }

        ids = default;
        return false;
    }

    public void Add(ReadOnlySpan<char> word, ulong hash, ReadOnlySpan<int> ids)
    {
        if (word.Length > LongestWord)
            return;
        var entry = new int[1 + ids.Length + Numbers(word.Length)];
        entry[0] = word.Length;
        ids.CopyTo(entry.AsSpan(1));
        word.CopyTo(Characters(entry, word.Length));
        var first = First(hash);
        var way = 0;
        while (way < Ways && _slots[first ^ way] is not null)
            way++;
        // Where all places are taken, the hash decides which word goes.
        Volatile.Write(ref _slots[first ^ (way < Ways ? way : (int)hash & (Ways - 1))], entry);
    }

    private static int First(ulong hash) => (int)(hash >> (64 - Bits));

    private static int Numbers(int characters) => (characters + 1) / 2;

    private static Span<char> Characters(int[] entry, int count) => MemoryMarshal.Cast<int, char>(entry.AsSpan(^Numbers(count)..))[..count];
}

/// <summary>A fast hash of a word's characters; the high bits are the best ones.</summary>
internal static class WordHash
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    public static ulong Compute(ReadOnlySpan<char> word)
    {
        var bytes = MemoryMarshal.AsBytes(word);
        var hash = (ulong)bytes.Length;
        if (bytes.Length >= 8)
        {
            // Eight bytes at a time; the last eight may overlap those before.
            for (var i = 0; i + 8 < bytes.Length; i += 8)
                hash = Mix(hash ^ Unsafe.ReadUnaligned<ulong>(in bytes[i]));
            return Mix(hash ^ Unsafe.ReadUnaligned<ulong>(in bytes[^8]));
        }

        ulong tail = 0;
        foreach (var c in word)
            tail = (tail << 16) | c;
        return Mix(hash ^ tail);
    }

    private static ulong Mix(ulong value)
    {
        value *= Multiplier;
        return value ^ (value >> 32);
    }
}

/// <summary>Ids as they are found: on the stack while they are few, then in a borrowed array.</summary>
internal ref struct IdBuffer(Span<int> few)
{
    private Span<int> _ids = few;
    private int[]? _borrowed;

    public int Count { get; private set; }

    public void Append(scoped ReadOnlySpan<int> ids)
    {
        if (Count + ids.Length > _ids.Length)
            Grow(Count + ids.Length);
        ids.CopyTo(_ids[Count..]);
        Count += ids.Length;
    }

    public readonly int[] ToArray() => _ids[..Count].ToArray();

    public void Dispose()
    {
        if (_borrowed is not null)
            ArrayPool<int>.Shared.Return(_borrowed);
        this = default;
    }

    private void Grow(int least)
    {
        var larger = ArrayPool<int>.Shared.Rent(Math.Max(least, 2 * _ids.Length));
        _ids[..Count].CopyTo(larger);
        if (_borrowed is not null)
            ArrayPool<int>.Shared.Return(_borrowed);
        _ids = _borrowed = larger;
    }
}
