using System.Runtime.InteropServices;

namespace Research.TextVae.Text;

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
