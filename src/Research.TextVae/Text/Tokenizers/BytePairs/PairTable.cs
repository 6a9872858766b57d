namespace Research.TextVae.Text;

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
