using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>A batch of sentences as tensors on the model's device.</summary>
/// <param name="Inputs">What the decoder reads, <c>&lt;s&gt; w₁ … wₙ &lt;pad&gt;</c>; int64 [batch, time].</param>
/// <param name="Targets">What it predicts and the encoder reads, <c>w₁ … wₙ &lt;/s&gt; &lt;pad&gt;</c>; int64 [batch, time].</param>
/// <param name="Lengths">Predicted tokens of each sentence, <c>&lt;/s&gt;</c> included; int64 [batch].</param>
/// <param name="Mask">1 where a target counts, 0 at padding; float32 [batch, time].</param>
/// <param name="Tokens">Predicted tokens of the whole batch.</param>
public sealed record TextBatch(Tensor Inputs, Tensor Targets, Tensor Lengths, Tensor Mask, long Tokens)
{
    /// <summary>The class of each sentence, where the set has classes; int64 [batch].</summary>
    public Tensor? Labels { get; init; }

    /// <summary>Sentences in the batch.</summary>
    public long Size => Targets.shape[0];

    /// <summary>Time steps: the longest sentence's predicted tokens.</summary>
    public long Time => Targets.shape[1];

    public static TextBatch From(TokenBatch batch, Device device)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var lengths = torch.tensor(Array.ConvertAll(batch.Lengths, length => (long)length), device: device);
        var positions = torch.arange(batch.Time, device: device);
        return new TextBatch(
            torch.tensor(batch.Inputs, device: device).reshape(batch.Size, batch.Time),
            torch.tensor(batch.Targets, device: device).reshape(batch.Size, batch.Time),
            lengths,
            positions.unsqueeze(0).lt(lengths.unsqueeze(1)).to_type(ScalarType.Float32),
            batch.Tokens)
        {
            Labels = batch.Labels is null ? null : torch.tensor(batch.Labels, device: device),
        };
    }

    /// <summary>The whole batch <paramref name="times"/> times in a row: [times · batch, time].</summary>
    public TextBatch Tile(long times) => new(
        Inputs.repeat(times, 1), Targets.repeat(times, 1), Lengths.repeat(times), Mask.repeat(times, 1), Tokens * times)
    {
        Labels = Labels?.repeat(times),
    };
}
