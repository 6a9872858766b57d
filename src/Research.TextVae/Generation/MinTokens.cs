using Research.TextVae.Text;
using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>A text does not end before it has some tokens.</summary>
public sealed record MinTokens : LogitsProcessor
{
    public MinTokens(int count) => Count = count;

    /// <summary>Tokens, <c>&lt;/s&gt;</c> not counted.</summary>
    public int Count { get; init => field = Require.AtLeast(0, value); }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor logits, IReadOnlyList<IReadOnlyList<int>> written) => Mask(
        logits, Enumerable.Range(0, written.Count).Where(row => written[row].Count < Count).Select(row => (row, Vocabulary.EosId)));
}
