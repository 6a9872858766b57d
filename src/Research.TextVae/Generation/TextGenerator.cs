using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>The one decoding loop of all model families.</summary>
public static class TextGenerator
{
    /// <summary>Writes one sentence for each code.</summary>
    /// <param name="model">The model; its training mode is restored afterwards.</param>
    /// <param name="z">[batch, latent].</param>
    /// <param name="options">How tokens are chosen.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <returns>Token ids of each sentence without <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c>.</returns>
    public static IReadOnlyList<int[]> Generate(this TextVaeModel model, Tensor z, GenerationOptions options, ulong seed = 0) =>
        Generate(Prompt.From(model, z), options, seed);

    /// <summary>Writes <paramref name="size"/> sentences from codes drawn from the prior.</summary>
    /// <inheritdoc cref="Generate(TextVaeModel, Tensor, GenerationOptions, ulong)"/>
    public static IReadOnlyList<int[]> Generate(this TextVaeModel model, int size, GenerationOptions options, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var scope = NewDisposeScope();
        return Generate(model, StandardNormal.Sample(size, model.LatentSize, seed), options, seed);
    }

    /// <summary>Writes <paramref name="size"/> sentences.</summary>
    /// <inheritdoc cref="Generate(TextVaeModel, Tensor, GenerationOptions, ulong)"/>
    public static IReadOnlyList<int[]> Generate(this LanguageModel model, int size, GenerationOptions options, ulong seed = 0) =>
        Generate(Prompt.From(model, size), options, seed);

    /// <summary>Writes a text from each encoded source.</summary>
    /// <inheritdoc cref="Generate(TextVaeModel, Tensor, GenerationOptions, ulong)"/>
    /// <param name="source">int64 [batch, source].</param>
    /// <param name="lengths">Its tokens without padding; int64 [batch].</param>
    public static IReadOnlyList<int[]> Generate(
        this TransformerSeq2Seq model, Tensor source, Tensor lengths, GenerationOptions options, ulong seed = 0) =>
        Generate(Prompt.From(model, source, lengths), options, seed);

    /// <summary>
    /// Generates texts and reports each token as it is drawn. The draws of text i depend on the seed and i alone, so a text does not
    /// change with the others written beside it. The draws belong to places in the text, so that a text that goes on from a part of
    /// another one of the same number and seed is that other one.
    /// </summary>
    /// <param name="start">The model, whose training mode is restored afterwards, and the state that decoding starts from.</param>
    /// <param name="options">How tokens are chosen.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="written">Is told of every token chosen but <c>&lt;/s&gt;</c>, without gradients and within the decoder's dispose
    /// scope.</param>
    /// <returns>Token ids of each text without <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c>, the prompt's first.</returns>
    /// <exception cref="ArgumentException">Tokens of a beam search are to be told, but none is final before the search ends.</exception>
    public static IReadOnlyList<int[]> Generate(
        this Prompt start, GenerationOptions options, ulong seed = 0, Action<GeneratedToken>? written = null)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Beam is { } beam)
        {
            return written is null
                ? [.. BeamSearch.Decode(start, beam, options).Select(found => found[0].Tokens.ToArray())]
                : throw new ArgumentException("A beam search has no token that is final before its end.", nameof(written));
        }

        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var mode = new EvaluationMode((nn.Module)start.Model);

        var choice = new TokenSampler(options, start.Model.VocabularySize);
        var texts = Enumerable.Range(0, start.Count).Select(text => new List<int>(start.Prefix(text))).ToArray();
        for (var first = 0; first < texts.Length; first += options.BatchSize)
        {
            using var batch = NewDisposeScope();
            var size = Math.Min(options.BatchSize, texts.Length - first);
            Write(start.Run(first, size), [.. Enumerable.Range(first, size)]);
        }

        return [.. texts.Select(text => text.ToArray())];

        // rows: the text of each row of the run, −1 for one that has ended.
        void Write(DecodingSession run, int[] rows)
        {
            var tokens = Enumerable.Repeat((long)Vocabulary.BosId, rows.Length).ToArray();
            for (var position = 0; ; position++)
            {
                HostInterruption.Check();
                using var step = NewDisposeScope();
                var logits = run.Next(torch.tensor(tokens, device: start.Model.Device));
                if (Array.TrueForAll(rows, text => IsGiven(text, position)))
                {
                    tokens = Array.ConvertAll(rows, text => (long)texts[text][position]);
                    continue;
                }

                logits = logits.cpu();
                var uniforms = Array.ConvertAll(rows, text => text < 0 ? 0 : Uniform(StableRandom.Derive(seed, (ulong)text), position));
                tokens = choice.Next(logits, () =>
                    Array.ConvertAll<int, IReadOnlyList<int>>(rows, text => text < 0 ? [] : texts[text]), uniforms);
                var ended = false;
                for (var row = 0; row < rows.Length; row++)
                {
                    if (IsGiven(rows[row], position))
                        tokens[row] = texts[rows[row]][position];
                    else if (rows[row] >= 0 && Ends(rows[row], tokens[row]))
                        (rows[row], ended) = (-1, true);
                }

                if (!ended)
                    continue;
                var going = Enumerable.Range(0, rows.Length).Where(row => rows[row] >= 0).ToArray();
                if (going.Length == 0)
                    return;
                // Moving rows together costs something too: only when it halves the work.
                if (going.Length > rows.Length / 2)
                    continue;
                run.Select(torch.tensor(Array.ConvertAll(going, row => (long)row), device: start.Model.Device));
                tokens = Array.ConvertAll(going, row => tokens[row]);
                rows = Array.ConvertAll(going, row => rows[row]);
            }
        }

        bool IsGiven(int text, int position) => text >= 0 && position < start.Prefix(text).Length;

        bool Ends(int text, long token)
        {
            if (token is Vocabulary.EosId or Vocabulary.PadId)
                return true;
            texts[text].Add((int)token);
            written?.Invoke(new GeneratedToken(text, (int)token));
            var given = start.Prefix(text);
            return texts[text].Count - given.Length >= options.MaxTokens || options.Stop?.Reached(texts[text], given.Length) == true;
        }
    }

    /// <summary>A uniform number in [0, 1) that depends on the sequence's seed and the position alone.</summary>
    private static double Uniform(ulong seed, int position) => new StableRandom(StableRandom.Derive(seed, (ulong)position)).NextDouble();
}

/// <summary>A token that has just been drawn.</summary>
/// <param name="Text">Which text it belongs to, from 0.</param>
/// <param name="Token">Its id.</param>
public readonly record struct GeneratedToken(int Text, int Token);
