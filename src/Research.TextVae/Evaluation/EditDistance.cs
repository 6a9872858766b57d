namespace Research.TextVae.Evaluation;

/// <summary>
/// The fewest insertions, deletions and replacements of tokens that turn one text into others (Levenshtein 1966). A text of up to 64
/// tokens takes the bits of one word, and each token of the other a dozen operations (Myers 1999, in the form of Hyyrö 2003).
/// </summary>
public sealed class EditDistance
{
    private const int WordSize = 64;

    private readonly IReadOnlyList<int> _text;
    private readonly ulong[] _places;

    /// <param name="text">Token ids.</param>
    public EditDistance(IReadOnlyList<int> text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _text = text;
        // For each token, the places where the text has it.
        _places = text.Count is 0 or > WordSize ? [] : new ulong[text.Max() + 1];
        for (var i = 0; i < text.Count && _places.Length > 0; i++)
            _places[text[i]] |= 1UL << i;
    }

    /// <summary>The distance to another text.</summary>
    public int To(IReadOnlyList<int> other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return _text.Count switch { 0 => other.Count, <= WordSize => ByBits(other), _ => ByTable(other) };
    }

    // Bit i of up (down): the distance grows (falls) by one from the first i tokens of the text to the first i + 1.
    private int ByBits(IReadOnlyList<int> other)
    {
        var (up, down, distance) = (~0UL, 0UL, _text.Count);
        var last = 1UL << (_text.Count - 1);
        for (var i = 0; i < other.Count; i++)
        {
            var same = (uint)other[i] < (uint)_places.Length ? _places[other[i]] : 0;
            var vertical = same | down;
            var horizontal = (((same & up) + up) ^ up) | same;
            var right = down | ~(horizontal | up);
            var left = up & horizontal;
            distance += (right & last) != 0 ? 1 : (left & last) != 0 ? -1 : 0;
            right = (right << 1) | 1;
            left <<= 1;
            (up, down) = (left | ~(vertical | right), right & vertical);
        }

        return distance;
    }

    // d(i, j) = min( d(i−1, j) + 1, d(i, j−1) + 1, d(i−1, j−1) + [x_i ≠ y_j] )
    private int ByTable(IReadOnlyList<int> other)
    {
        var row = Enumerable.Range(0, other.Count + 1).ToArray();
        for (var i = 1; i <= _text.Count; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Count; j++)
                (diagonal, row[j]) = (row[j],
                    Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (_text[i - 1] == other[j - 1] ? 0 : 1)));
        }

        return row[^1];
    }
}
