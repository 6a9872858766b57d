using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>
/// What texts are written from, with any kind of model: nothing, a code each, or a text each; and the tokens that each text begins
/// with, if any are given. Given tokens are read before the first one is chosen, and stand at the beginning of what is returned.
/// </summary>
public sealed class Prompt
{
    private readonly Func<int, int, DecoderState> _state;
    private readonly IReadOnlyList<int[]>? _prefixes;

    private Prompt(IAutoregressiveModel model, long count, Func<int, int, DecoderState> state, IReadOnlyList<int[]>? prefixes = null) =>
        (Model, Count, _state, _prefixes) = (model, (int)count, state, prefixes);

    /// <summary>The model that writes.</summary>
    public IAutoregressiveModel Model { get; }

    /// <summary>Texts to be written.</summary>
    public int Count { get; }

    /// <summary>Texts from nothing.</summary>
    public static Prompt From(LanguageModel model, int count)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new(model, count, (_, size) => model.StartDecoding(size));
    }

    /// <summary>A continuation of each prefix.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prefixes">Token ids without <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c>; [texts][tokens], of any lengths.</param>
    /// <exception cref="UserException">An id is a control token or not in the vocabulary.</exception>
    public static Prompt From(LanguageModel model, IReadOnlyList<int[]> prefixes)
    {
        ArgumentNullException.ThrowIfNull(prefixes);
        return From(model, prefixes.Count).Continuing(prefixes);
    }

    /// <summary>A continuation of each prefix.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokenizer">Turns the prefixes into tokens.</param>
    /// <param name="prefixes">One for each text, of at least one token each.</param>
    /// <exception cref="UserException">A prefix has no tokens, or the tokenizer's vocabulary is not the model's.</exception>
    public static Prompt From(LanguageModel model, Tokenizer tokenizer, params IReadOnlyList<string> prefixes) =>
        From(model, Encoded(tokenizer, prefixes));

    /// <summary>A text from each code.</summary>
    /// <param name="model">The model.</param>
    /// <param name="z">[texts, latent].</param>
    public static Prompt From(TextVaeModel model, Tensor z)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(z);
        return new(model, z.shape[0], (first, size) => model.StartDecoding(z.narrow(0, first, size).to(model.Device)));
    }

    /// <summary>A text decoded from each code that continues a prefix.</summary>
    /// <param name="model">The model.</param>
    /// <param name="z">[texts, latent].</param>
    /// <inheritdoc cref="From(LanguageModel, IReadOnlyList{int[]})"/>
    public static Prompt From(TextVaeModel model, Tensor z, IReadOnlyList<int[]> prefixes) => From(model, z).Continuing(prefixes);

    /// <summary>A text decoded from each code that continues a prefix.</summary>
    /// <param name="model">The model.</param>
    /// <param name="z">[texts, latent].</param>
    /// <inheritdoc cref="From(LanguageModel, Tokenizer, IReadOnlyList{string})"/>
    public static Prompt From(TextVaeModel model, Tensor z, Tokenizer tokenizer, params IReadOnlyList<string> prefixes) =>
        From(model, z, Encoded(tokenizer, prefixes));

    /// <summary>A text from each source.</summary>
    /// <param name="model">The model.</param>
    /// <param name="source">int64 [texts, source].</param>
    /// <param name="lengths">Its tokens without padding; int64 [texts].</param>
    public static Prompt From(TransformerSeq2Seq model, Tensor source, Tensor lengths)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(lengths);
        return new(model, source.shape[0], (first, size) => model.StartDecoding(model.Encode(
            source.narrow(0, first, size).to(model.Device), lengths.narrow(0, first, size).to(model.Device))));
    }

    /// <summary>A text from each sentence of a set.</summary>
    public static Prompt From(TransformerSeq2Seq model, EncodedSentences sources)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sources);
        return new(model, sources.Count, (first, size) =>
        {
            var batch = sources.Batch([.. Enumerable.Range(first, size)], model.Device);
            return model.StartDecoding(model.Encode(batch.Targets, batch.Lengths));
        });
    }

    /// <summary>A text from each sentence of a set and a code from its prior, z = μ(x) + σ(x) ⊙ ε.</summary>
    /// <param name="model">The model.</param>
    /// <param name="sources">The sentences.</param>
    /// <param name="noise">ε [texts, latent].</param>
    public static Prompt From(TransformerSeq2SeqVae model, EncodedSentences sources, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(noise);
        return new(model, sources.Count, (first, size) =>
        {
            var batch = sources.Batch([.. Enumerable.Range(first, size)], model.Device);
            var source = model.Read(batch.Targets, batch.Lengths);
            return model.StartDecoding(source, model.Prior(source).Sample(noise.narrow(0, first, size).to(model.Device)));
        });
    }

    /// <summary>The same prompt, with tokens that each text begins with in place of those given before.</summary>
    /// <param name="prefixes">Token ids without <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c>; [texts][tokens]. They may differ in length; an
    /// empty one leaves a text as it was.</param>
    /// <exception cref="UserException">There are not as many prefixes as texts, or an id is a control token or not in the
    /// vocabulary.</exception>
    public Prompt Continuing(IReadOnlyList<int[]> prefixes)
    {
        ArgumentNullException.ThrowIfNull(prefixes);
        if (prefixes.Count != Count)
            throw new UserException($"There are {prefixes.Count} prefixes for {Count} texts; give each text its own.");
        foreach (var id in prefixes.SelectMany(prefix => prefix))
        {
            if ((uint)id >= (uint)Model.VocabularySize || Vocabulary.IsControl(id))
                throw new UserException(
                    $"Token {id} cannot be continued from: it is a control token, or not one of the model's {Model.VocabularySize}; encode "
                        + "prefixes with the model's own tokenizer.");
        }

        return new Prompt(Model, Count, _state, prefixes);
    }

    /// <summary>The tokens that a text begins with; not to be changed.</summary>
    internal int[] Prefix(int text) => _prefixes?[text] ?? [];

    private static int[][] Encoded(Tokenizer tokenizer, IReadOnlyList<string> prefixes)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(prefixes);
        return [.. prefixes.Select((prefix, i) => tokenizer.EncodeToIds(prefix) is { Count: > 0 } ids
            ? ids.ToArray()
            : throw new UserException(
                $"The prompt \"{prefix}\" (number {i + 1}) has no tokens to continue from; give at least one word."))];
    }

    /// <summary>A run that writes some of the texts.</summary>
    internal DecodingSession Run(int first, int size) => Model.StartSession(_state(first, size));
}
