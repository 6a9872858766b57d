using System.Buffers;

namespace Research.TextVae.Text;

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
