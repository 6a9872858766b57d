using Research.TextVae.Diagnostics;
using Research.TextVae.Models;
using Research.TextVae.Seeding;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>The one decoding loop of all model families.</summary>
public static class TextDecoder
{
    /// <summary>
    /// Writes one sentence for each code. The draws of sentence i depend on the seed and i alone, so a sentence does not
    /// change with the others decoded beside it.
    /// </summary>
    /// <param name="model">The model; its training mode is put back afterwards.</param>
    /// <param name="z">[batch, latent].</param>
    /// <param name="options">How tokens are chosen.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <returns>Token ids of each sentence without <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c>.</returns>
    public static IReadOnlyList<int[]> Decode(TextVaeModel model, Tensor z, DecodingOptions options, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(z);
        return Decode(model, () => model.StartDecoding(z.to(model.Device)), (int)z.shape[0], options, seed);
    }

    /// <summary>Writes <paramref name="size"/> sentences.</summary>
    /// <inheritdoc cref="Decode(TextVaeModel, Tensor, DecodingOptions, ulong)"/>
    public static IReadOnlyList<int[]> Decode(LanguageModel model, int size, DecodingOptions options, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Decode(model, () => model.StartDecoding(size), size, options, seed);
    }

    /// <summary>Writes a text from each encoded source.</summary>
    /// <inheritdoc cref="Decode(TextVaeModel, Tensor, DecodingOptions, ulong)"/>
    /// <param name="source">int64 [batch, source].</param>
    /// <param name="lengths">Its tokens without padding; int64 [batch].</param>
    public static IReadOnlyList<int[]> Decode(TransformerSeq2Seq model, Tensor source, Tensor lengths, DecodingOptions options, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(source);
        return Decode(model, () => model.StartDecoding(model.Encode(source, lengths)), (int)source.shape[0], options, seed);
    }

    private static IReadOnlyList<int[]> Decode(TextModel model, Func<DecoderState> start, int size, DecodingOptions options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var mode = new EvaluationMode(model);

        var device = model.Device;
        var written = Enumerable.Range(0, size).Select(_ => new List<int>()).ToArray();
        var ended = new bool[size];
        var never = Banned(model, options);
        var fused = FusedSampling.Of(options);
        var seeds = Enumerable.Range(0, size).Select(row => StableRandom.Derive(seed, (ulong)row)).ToArray();
        var uniforms = new double[size];
        var run = model.Prepare(start());
        var tokens = Enumerable.Repeat((long)Vocabulary.BosId, size).ToArray();
        for (var position = 0; position < options.MaxTokens && ended.Contains(false); position++)
        {
            using var step = NewDisposeScope();
            var logits = run.Next(torch.tensor(tokens, device: device)).cpu();
            for (var row = 0; row < size; row++)
                uniforms[row] = Uniform(seeds[row], position);
            var draws = torch.tensor(uniforms);
            var chosen = fused is null ? null : Backend.SampleTokens(logits, never, draws, fused);
            tokens = (chosen ?? Choose(logits + never, options, draws)).data<long>().ToArray();
            for (var row = 0; row < size; row++)
            {
                ended[row] |= tokens[row] == Vocabulary.EosId;
                if (!ended[row])
                    written[row].Add((int)tokens[row]);
            }
        }

        return [.. written.Select(sentence => sentence.ToArray())];
    }

    private static Tensor Choose(Tensor logits, DecodingOptions options, Tensor uniforms)
    {
        if (options.Likeliest)
            return logits.argmax(1);
        foreach (var filter in options.Filters)
            logits = filter.Apply(logits);
        // Inverse transform sampling: the first token whose cumulative probability exceeds u ~ U[0, 1).
        var cumulative = logits.to_type(ScalarType.Float64).softmax(1).cumsum(1); // [batch, vocabulary]
        var total = cumulative.narrow(1, cumulative.shape[1] - 1, 1);
        return cumulative.le(uniforms.unsqueeze(1) * total).sum(1);
    }

    /// <summary>0 for tokens that may be written, −∞ for those that may not; [vocabulary].</summary>
    private static Tensor Banned(TextModel model, DecodingOptions options)
    {
        var mask = new float[model.Vocabulary];
        mask[Vocabulary.PadId] = mask[Vocabulary.BosId] = float.NegativeInfinity;
        if (!options.AllowUnknown)
            mask[Vocabulary.UnkId] = float.NegativeInfinity;
        return torch.tensor(mask);
    }

    /// <summary>A uniform number in [0, 1) that depends on the sequence's seed and the position alone.</summary>
    private static double Uniform(ulong seed, int position) => new StableRandom(StableRandom.Derive(seed, (ulong)position)).NextDouble();
}
