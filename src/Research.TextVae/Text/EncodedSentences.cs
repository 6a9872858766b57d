using System.Collections;
using Research.TextVae.Support;
using Research.TextVae.Tokenizers;
using static TorchSharp.torch;

namespace Research.TextVae.Text;

/// <summary>Sentences as token ids, without <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c>.</summary>
[TypeFormatterSource(typeof(DescriptionFormatters), PreferredMimeTypes = [DescriptionFormatters.Html])]
public sealed class EncodedSentences : IReadOnlyList<int[]>, IDataset<TextBatch>, IDescribed
{
    private readonly IReadOnlyList<int[]> _ids;
    private readonly IReadOnlyList<Sentence> _sources;

    /// <exception cref="ArgumentException">The two lists differ in length or a sentence has no tokens.</exception>
    public EncodedSentences(IReadOnlyList<int[]> ids, IReadOnlyList<Sentence> sources)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(sources);
        if (ids.Count != sources.Count)
            throw new ArgumentException($"There are {ids.Count} encoded sentences of {sources.Count} sources.", nameof(sources));
        if (ids.Any(sentence => sentence.Length == 0))
            throw new ArgumentException("A sentence has no tokens.", nameof(ids));
        _ids = ids;
        Lengths = [.. ids.Select(sentence => sentence.Length)];
        _sources = sources;
        Tokens = ids.Sum(sentence => (long)sentence.Length);
        Characters = sources.Sum(source => (long)CodePoints.Count(source.Text));
        UnknownTokens = ids.Sum(sentence => (long)sentence.Count(id => id == Vocabulary.UnkId));
    }

    /// <summary>Texts of one's own.</summary>
    /// <param name="tokenizer">Turns texts into tokens.</param>
    /// <param name="texts">Each of at least one token.</param>
    /// <exception cref="UserException">A text has no tokens.</exception>
    public static EncodedSentences From(Tokenizer tokenizer, IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(texts);
        int[][] ids = [.. texts.Select(text => tokenizer.EncodeToIds(text).ToArray())];
        if (Array.FindIndex(ids, sentence => sentence.Length == 0) is var empty and >= 0)
            throw new UserException($"Sentence {empty + 1} of {ids.Length} is empty; give it at least one word.");
        return new(ids, [.. texts.Select(text => new Sentence(text, "", ""))]);
    }

    Description IDescribed.Describe() => new(
        $"{Count:n0} sentences", ("tokens", $"{Tokens:n0}"), ("unknown", $"{UnknownTokens:n0}"),
        ("tokens per sentence", $"{Lengths.DefaultIfEmpty().Min()} to {Lengths.DefaultIfEmpty().Max()}"))
    {
        Rows = [["text"], .. _sources.Take(5).Select(source => new[] { source.Text }), .. Count > 5 ? new[] { new[] { "…" } } : []],
    };

    /// <summary>Sentences.</summary>
    public int Count => _ids.Count;

    /// <summary>Tokens of each sentence, without <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c>.</summary>
    public IReadOnlyList<int> Lengths { get; }

    /// <summary>The token ids of a sentence; not to be changed.</summary>
    public int[] this[int index] => _ids[index];

    /// <summary>Tokens of all sentences, without <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c>.</summary>
    public long Tokens { get; }

    /// <summary>Tokens a model predicts: those of the sentences and a <c>&lt;/s&gt;</c> each.</summary>
    public long PredictedTokens => Tokens + Count;

    /// <summary>Unicode code points of the sentences as written; the same whatever the tokens are.</summary>
    public long Characters { get; }

    /// <summary>
    /// Bits a character, the measure that compares models of different tokens. Where tokens are unknown it is too low: what they
    /// hide is not paid for.
    /// </summary>
    /// <param name="nats">−log p of all sentences together, their ends included.</param>
    public double BitsPerCharacter(double nats) => nats / Math.Log(2) / Characters;

    /// <summary>Tokens the vocabulary does not hold.</summary>
    public long UnknownTokens { get; }

    /// <summary>Their share of all tokens.</summary>
    public double UnknownRate => Tokens == 0 ? 0 : (double)UnknownTokens / Tokens;

    /// <summary>What the ids were made with, where it is known: for the parts of a <see cref="TextData"/> and what is taken from
    /// them.</summary>
    public TextEncoding? Encoding { get; internal init; }

    /// <summary>The class of each sentence, once the set has been given classes by <see cref="WithClasses"/>.</summary>
    public IReadOnlyList<int>? Classes { get; private init; }

    /// <summary>The labels that the classes stand for, in the order of the classes.</summary>
    public IReadOnlyList<string>? ClassNames { get; private init; }

    /// <summary>The sentences whose label is one of these, each with the place of its label as its class.</summary>
    /// <exception cref="UserException">No sentence has one of them.</exception>
    public EncodedSentences WithClasses(IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var places = labels.Select((label, place) => (label, place)).ToDictionary(entry => entry.label, entry => entry.place);
        int[] kept = [.. Enumerable.Range(0, Count).Where(i => places.ContainsKey(_sources[i].Label))];
        if (kept.Length == 0)
            throw new UserException(
                $"no sentence has one of the labels {string.Join(", ", labels.Select(Excerpt.Of))}; use a data set that has them.");
        var classes = Array.ConvertAll(kept, i => places[_sources[i].Label]);
        return new EncodedSentences(Array.ConvertAll(kept, i => _ids[i]), Array.ConvertAll(kept, i => _sources[i]))
        {
            Classes = classes,
            ClassNames = labels,
            Encoding = Encoding,
        };
    }

    /// <summary>The same sentences, all of one class.</summary>
    /// <param name="label">The class, from 0.</param>
    public EncodedSentences WithClass(int label) =>
        new(_ids, _sources) { Classes = [.. Enumerable.Repeat(label, Count)], ClassNames = ClassNames, Encoding = Encoding };

    /// <summary>Token ids of the sentences of a class, once the set has been given classes by <see cref="WithClasses"/>.</summary>
    /// <param name="label">The class, from 0.</param>
    public IEnumerable<int[]> OfClass(int label) => _ids.Where((_, i) => Classes?[i] == label);

    /// <summary>The sentence as it was written and where it comes from.</summary>
    public Sentence Source(int index) => _sources[index];

    /// <summary>The sentences as they were written.</summary>
    public IEnumerable<string> Texts => _sources.Select(source => source.Text);

    /// <summary>At most <paramref name="count"/> sentences, evenly spaced over the set, in its order.</summary>
    public EncodedSentences EvenlySpaced(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return count >= Count ? this : Subset([.. Enumerable.Range(0, count).Select(i => (int)((long)i * Count / count))]);
    }

    /// <inheritdoc/>
    public TextBatch Batch(IReadOnlyList<int> indices, Device device)
    {
        ArgumentNullException.ThrowIfNull(indices);
        int[][] sentences = [.. indices.Select(index => _ids[index])];
        return TextBatch.From(sentences, device, Classes is { } classes ? [.. indices.Select(index => classes[index])] : null);
    }

    /// <summary>The sentences of these places.</summary>
    public EncodedSentences Subset(IReadOnlyList<int> indices)
    {
        ArgumentNullException.ThrowIfNull(indices);
        return new([.. indices.Select(i => _ids[i])], [.. indices.Select(i => _sources[i])])
        {
            Classes = Classes is { } classes ? [.. indices.Select(i => classes[i])] : null,
            ClassNames = ClassNames,
            Encoding = Encoding,
        };
    }

    /// <summary>The token ids of each sentence, in order.</summary>
    public IEnumerator<int[]> GetEnumerator() => _ids.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
