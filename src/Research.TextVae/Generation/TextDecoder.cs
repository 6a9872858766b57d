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

    private static IReadOnlyList<int[]> Decode(TextModel model, Func<DecoderState> start, int size, DecodingOptions options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var mode = new EvaluationMode(model);

        var written = Enumerable.Range(0, size).Select(_ => new List<int>()).ToArray();
        var ended = new bool[size];
        var never = Banned(model, options);
        var state = start();
        var tokens = Enumerable.Repeat((long)Vocabulary.BosId, size).ToArray();
        for (var position = 0; position < options.MaxTokens && ended.Contains(false); position++)
        {
            using var step = NewDisposeScope();
            var (logits, next) = model.DecodeStep(torch.tensor(tokens, device: model.Device), state);
            tokens = Choose(logits.cpu() + never, options, seed, position);
            for (var row = 0; row < size; row++)
            {
                ended[row] |= tokens[row] == Vocabulary.EosId;
                if (!ended[row])
                    written[row].Add((int)tokens[row]);
            }

            next.MoveToOuterDisposeScope();
            state = next;
        }

        return [.. written.Select(sentence => sentence.ToArray())];
    }

    private static long[] Choose(Tensor logits, DecodingOptions options, ulong seed, int position)
    {
        if (options.Likeliest)
            return logits.argmax(1).data<long>().ToArray();
        foreach (var filter in options.Filters)
            logits = filter.Apply(logits);
        // Inverse transform sampling: the first token whose cumulative probability exceeds u ~ U[0, 1).
        var cumulative = logits.to_type(ScalarType.Float64).softmax(1).cumsum(1); // [batch, vocabulary]
        var total = cumulative.narrow(1, cumulative.shape[1] - 1, 1);
        var uniform = Enumerable.Range(0, (int)logits.shape[0]).Select(row => Uniform(seed, row, position)).ToArray();
        var threshold = torch.tensor(uniform).unsqueeze(1) * total;
        return cumulative.le(threshold).sum(1).data<long>().ToArray();
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

    /// <summary>A uniform number in [0, 1) that depends on its three coordinates alone.</summary>
    private static double Uniform(ulong seed, int sequence, int position) =>
        new StableRandom(StableRandom.Derive(StableRandom.Derive(seed, (ulong)sequence), (ulong)position)).NextDouble();
}
