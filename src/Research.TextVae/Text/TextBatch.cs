using Research.TextVae.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Text;

/// <summary>Sentences side by side as tensors, as a decoder reads and predicts them.</summary>
/// <param name="Inputs">What the decoder reads, <c>&lt;s&gt; w₁ … wₙ &lt;pad&gt;</c>; int64 [batch, time].</param>
/// <param name="Targets">What it predicts and the encoder reads, <c>w₁ … wₙ &lt;/s&gt; &lt;pad&gt;</c>; int64 [batch, time].</param>
/// <param name="Lengths">Predicted tokens of each sentence, <c>&lt;/s&gt;</c> included; int64 [batch].</param>
/// <param name="Mask">1 where a target counts, or its sentence's weight, and 0 at padding; float32 [batch, time].</param>
/// <param name="Tokens">Predicted tokens of the whole batch.</param>
public sealed record TextBatch(Tensor Inputs, Tensor Targets, Tensor Lengths, Tensor Mask, long Tokens) : IBatch<TextBatch>
{
    /// <summary>The class of each sentence, where the set has classes; int64 [batch].</summary>
    public Tensor? Labels { get; init; }

    /// <summary>Number of sentences.</summary>
    public long Size => Targets.shape[0];

    /// <summary>Time steps: the longest sentence's predicted tokens.</summary>
    public long Time => Targets.shape[1];

    /// <summary>The fraction of positions that hold no predicted token.</summary>
    public double Padding => 1 - (double)Tokens / (Size * Time);

    /// <summary>Puts sentences into a batch.</summary>
    /// <param name="sentences">Token ids of each sentence, without <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c>; at least one sentence.</param>
    /// <param name="device">Where the tensors go.</param>
    /// <param name="classes">The class of each sentence, if there are classes.</param>
    public static TextBatch From(IReadOnlyList<int[]> sentences, Device device, IReadOnlyList<int>? classes = null)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        ArgumentOutOfRangeException.ThrowIfZero(sentences.Count, nameof(sentences));
        var (size, time) = (sentences.Count, sentences.Max(sentence => sentence.Length) + 1);
        // Both arrays start as zeros, and <pad> is 0.
        var (inputs, targets, lengths) = (new long[size * time], new long[size * time], new long[size]);
        for (var row = 0; row < size; row++)
        {
            var (sentence, start) = (sentences[row], row * time);
            inputs[start] = Vocabulary.BosId;
            for (var i = 0; i < sentence.Length; i++)
                inputs[start + i + 1] = targets[start + i] = sentence[i];
            targets[start + sentence.Length] = Vocabulary.EosId;
            lengths[row] = sentence.Length + 1;
        }

        var counted = tensor(lengths, device: device);
        return new TextBatch(
            tensor(inputs, device: device).reshape(size, time),
            tensor(targets, device: device).reshape(size, time),
            counted,
            arange(time, device: device).unsqueeze(0).lt(counted.unsqueeze(1)).to_type(ScalarType.Float32),
            lengths.Sum())
        {
            Labels = classes is null ? null : tensor(classes.Select(label => (long)label).ToArray(), device: device),
        };
    }

    /// <inheritdoc/>
    public TextBatch Tile(long times) => new(
        Inputs.repeat(times, 1), Targets.repeat(times, 1), Lengths.repeat(times), Mask.repeat(times, 1), Tokens * times)
    {
        Labels = Labels?.repeat(times),
    };

    /// <inheritdoc/>
    public TextBatch Weighted(Tensor weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return this with { Mask = Mask * weights.unsqueeze(1) };
    }
}
