using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>Writes no n-gram twice in one text (Paulus et al. 2018, section 2.5).</summary>
public sealed record NoRepeatNGram : LogitsProcessor
{
    public NoRepeatNGram(int order) => Order = order;

    /// <summary>n.</summary>
    public int Order { get; init => field = Require.AtLeast(1, value); }

    /// <inheritdoc/>
    // x_t ≠ x_{s+n−1} wherever x_s … x_{s+n−2} = x_{t−n+1} … x_{t−1}
    public override Tensor Apply(Tensor logits, IReadOnlyList<IReadOnlyList<int>> written) =>
        Mask(logits, written.SelectMany((text, row) => Endings(text).Select(token => (row, token))));

    private IEnumerable<int> Endings(IReadOnlyList<int> text)
    {
        var last = text.Count - Order + 1;
        for (var start = 0; start < last; start++)
        {
            var same = 0;
            while (same < Order - 1 && text[start + same] == text[last + same])
                same++;
            if (same == Order - 1)
                yield return text[start + same];
        }
    }
}
