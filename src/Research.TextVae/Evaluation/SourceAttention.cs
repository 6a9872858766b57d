using Research.TextVae.Models;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>
/// Where an encoder–decoder looks in the source while it generates a target: the attention weights of the highest layer, the mean over
/// its heads (Vaswani et al. 2017, section 3.2.3).
/// </summary>
/// <param name="Source">Token ids of the source, <c>&lt;/s&gt;</c> last.</param>
/// <param name="Target">Token ids of the target, <c>&lt;/s&gt;</c> last.</param>
/// <param name="Weights">The weights, [target][source]; each row sums to 1.</param>
public sealed record SourceAttention(IReadOnlyList<int> Source, IReadOnlyList<int> Target, IReadOnlyList<IReadOnlyList<double>> Weights)
{
    /// <summary>Evaluates the model, dropout off, with the target as history (teacher forcing).</summary>
    /// <param name="model">The model; its training mode is restored.</param>
    /// <param name="source">Token ids of the source, without <c>&lt;/s&gt;</c>.</param>
    /// <param name="target">Token ids of the target, without <c>&lt;/s&gt;</c>.</param>
    public static SourceAttention Evaluate(TransformerSeq2Seq model, int[] source, int[] target)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var mode = new EvaluationMode(model);
        var read = TextBatch.From([source], model.Device);
        var maps = new AttentionMaps();
        long[] inputs = [Vocabulary.BosId, .. target.Select(id => (long)id)];
        model.Logits(tensor(inputs, device: model.Device).unsqueeze(0), model.Encode(read.Targets, read.Lengths), maps);
        var weights = maps.Cross[^1].mean([1L]).squeeze(0).cpu().to_type(ScalarType.Float64); // [target, source]
        return new SourceAttention(
            [.. source, Vocabulary.EosId], [.. target, Vocabulary.EosId], [.. weights.data<double>().ToArray().Chunk(source.Length + 1)]);
    }
}
