using Research.TextVae.Kernels;
using Research.TextVae.Support;
using Research.TextVae.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>
/// Changes the logits of the next token before one is taken; filters apply in the order given. Those that rule tokens out for what
/// is already written stand best before those that keep a share of what is left.
/// </summary>
public abstract record LogitsProcessor
{
    /// <param name="logits">[batch, vocabulary]; −∞ rules a token out. They are not changed.</param>
    /// <param name="written">The tokens of each text so far, those of a prompt included, without <c>&lt;s&gt;</c>; [batch][tokens]. Most
    /// filters do not look at them.</param>
    /// <returns>[batch, vocabulary].</returns>
    public abstract Tensor Apply(Tensor logits, IReadOnlyList<IReadOnlyList<int>> written);

    /// <summary>Rules some tokens out.</summary>
    /// <param name="logits">[batch, vocabulary].</param>
    /// <param name="tokens">Of which text which token; tokens outside the vocabulary do not count.</param>
    protected static Tensor Mask(Tensor logits, IEnumerable<(int Row, int Token)> tokens) =>
        Change(logits, tokens, old => full_like(old, double.NegativeInfinity));

    /// <summary>Changes the logits of some tokens.</summary>
    /// <param name="logits">[batch, vocabulary].</param>
    /// <param name="tokens">Of which text which token; one named twice is changed once.</param>
    /// <param name="change">From the logits of the tokens named to new ones; [tokens].</param>
    protected static Tensor Change(Tensor logits, IEnumerable<(int Row, int Token)> tokens, Func<Tensor, Tensor> change)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(change);
        var vocabulary = logits.shape[1];
        var places = tokens.Where(place => place.Token < vocabulary).Select(place => place.Row * vocabulary + place.Token).ToArray();
        if (places.Length == 0)
            return logits;
        var index = torch.tensor(places, device: logits.device);
        var changed = logits.flatten().clone(); // [batch · vocabulary]
        return changed.scatter_(0, index, change(changed.index_select(0, index))).view(logits.shape);
    }
}

/// <summary>Divides the logits: below 1 sharpens the distribution, above 1 flattens it.</summary>
public sealed record Temperature : LogitsProcessor
{
    // Beyond it logits divided by the temperature are no numbers any more, and near it every choice is the likeliest already.
    private const double Least = 1e-6, Most = 1e6;

    /// <summary>Divides the logits by a temperature above 0.</summary>
    public Temperature(double value) => Value = value;

    /// <summary>The temperature, from 1e-6 to 1e6; 1 leaves the distribution as it is. For the likeliest token there is
    /// <see cref="GenerationOptions.Greedy"/>.</summary>
    public double Value { get; init => field = Require.Within(Least, Most, value); }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor logits, IReadOnlyList<IReadOnlyList<int>> written) => logits / Value;
}

/// <summary>Keeps the k likeliest tokens (Fan et al. 2018).</summary>
public sealed record TopK : LogitsProcessor
{
    /// <summary>Keeps the k likeliest tokens, k ≥ 1.</summary>
    public TopK(int k) => K = k;

    /// <summary>Number of tokens that are kept.</summary>
    public int K { get; init => field = Require.AtLeast(1, value); }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor logits, IReadOnlyList<IReadOnlyList<int>> written)
    {
        ArgumentNullException.ThrowIfNull(logits);
        return TokenSampling.KeepTopK(logits, K);
    }
}

/// <summary>Nucleus sampling (Holtzman et al. 2020): keeps the fewest likeliest tokens that hold at least p of the mass.</summary>
public sealed record TopP : LogitsProcessor
{
    /// <summary>Keeps the nucleus of mass p, 0 &lt; p ≤ 1.</summary>
    public TopP(double p) => P = p;

    /// <summary>Probability mass of the nucleus, 0 &lt; p ≤ 1.</summary>
    public double P { get; init => field = Require.Above(0, Require.Within(0.0, 1.0, value)); }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor logits, IReadOnlyList<IReadOnlyList<int>> written)
    {
        ArgumentNullException.ThrowIfNull(logits);
        return TokenSampling.KeepNucleus(logits, P);
    }
}

/// <summary>Keeps the tokens at least p times as likely as the likeliest (Nguyen et al. 2024).</summary>
public sealed record MinP : LogitsProcessor
{
    /// <summary>Keeps tokens at least p times as likely as the likeliest, 0 &lt; p ≤ 1.</summary>
    public MinP(double p) => P = p;

    /// <summary>Least probability of a token that is kept, relative to the likeliest token, 0 &lt; p ≤ 1.</summary>
    public double P { get; init => field = Require.Above(0, Require.Within(0.0, 1.0, value)); }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor logits, IReadOnlyList<IReadOnlyList<int>> written)
    {
        ArgumentNullException.ThrowIfNull(logits);
        return TokenSampling.KeepMinP(logits, P);
    }
}

/// <summary>
/// Locally typical sampling (Meister et al. 2023): keeps the fewest tokens that hold at least a share τ of the mass, those first
/// whose information is closest to what is expected. The likeliest token need not be among them.
/// </summary>
public sealed record Typical : LogitsProcessor
{
    /// <summary>Keeps tokens of typical information until they hold this mass, 0 &lt; mass ≤ 1.</summary>
    public Typical(double mass) => Mass = mass;

    /// <summary>τ.</summary>
    public double Mass { get; init => field = Require.Above(0, Require.Within(0.0, 1.0, value)); }

    /// <inheritdoc/>
    // The v with the least | H(p) + ln p(v) |,   H(p) = −Σ_v p(v) ln p(v)   (equation 9)
    public override Tensor Apply(Tensor logits, IReadOnlyList<IReadOnlyList<int>> written)
    {
        ArgumentNullException.ThrowIfNull(logits);
        var logP = logits.to_type(ScalarType.Float64).log_softmax(-1);
        var p = logP.exp();
        // A token ruled out has probability 0 and adds nothing.
        var entropy = -(p * logP).masked_fill(p.eq(0), 0).sum(-1, keepdim: true);
        var (_, order) = (entropy + logP).abs().sort(-1);
        var ordered = p.gather(-1, order);
        var before = ordered.cumsum(-1) - ordered;
        var filtered = logits.gather(-1, order).masked_fill(before.ge(Mass), double.NegativeInfinity);
        return empty_like(logits).scatter_(-1, order, filtered);
    }
}

/// <summary>
/// Makes tokens that are already written less likely (Keskar et al. 2019, section 4.1). The paper divides every logit by θ, which
/// would make a token of negative logit likelier; that one is multiplied, as has become usual.
/// </summary>
public sealed record RepetitionPenalty : LogitsProcessor
{
    /// <summary>Divides positive logits of earlier tokens by the penalty, and multiplies negative ones with it.</summary>
    public RepetitionPenalty(double penalty) => Penalty = penalty;

    /// <summary>θ; 1 changes nothing, the paper takes 1.2.</summary>
    public double Penalty { get; init => field = Require.AtLeast(1, value); }

    /// <inheritdoc/>
    // l_v / θ for l_v > 0, θ l_v otherwise,   for v in what is written
    public override Tensor Apply(Tensor logits, IReadOnlyList<IReadOnlyList<int>> written) => Change(
        logits,
        written.SelectMany((text, row) => text.Distinct().Select(token => (row, token))),
        old => where(old.gt(0), old / Penalty, old * Penalty));
}

/// <summary>Generates no n-gram twice in one text (Paulus et al. 2018, section 2.5).</summary>
public sealed record NoRepeatNGram : LogitsProcessor
{
    /// <summary>Forbids the repetition of n-grams of this order.</summary>
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

/// <summary>Never completes one of some token sequences; a sequence of one token is never written at all.</summary>
public sealed record BadWords : LogitsProcessor
{
    private readonly IReadOnlyList<int[]> _sequences;

    /// <param name="sequences">Token ids; none is empty.</param>
    /// <exception cref="UserException">A sequence is empty or has a negative id.</exception>
    public BadWords(IReadOnlyList<int[]> sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        if (sequences.Any(sequence => sequence.Length == 0))
            throw new UserException("A sequence of bad words is empty; give at least one token.");
        _sequences = sequences;
        RequireIn(int.MaxValue);
    }

    /// <summary>
    /// The words as the tokenizer writes them at the beginning of a text and after a space. A subword tokenizer may spell a word in other
    /// ways too; those stay possible. Words that the vocabulary does not hold cannot be written anyway.
    /// </summary>
    public static BadWords From(Tokenizer tokenizer, params IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return new(
        [
            .. words.SelectMany(word => new[] { word, " " + word })
                .Select(word => tokenizer.EncodeToIds(word).ToArray())
                .Where(sequence => sequence.Length > 0 && !sequence.Contains(Vocabulary.UnkId)),
        ]);
    }

    /// <inheritdoc/>
    /// <exception cref="UserException">A token is not in the vocabulary.</exception>
    public override Tensor Apply(Tensor logits, IReadOnlyList<IReadOnlyList<int>> written)
    {
        ArgumentNullException.ThrowIfNull(logits);
        RequireIn(logits.shape[1]);
        return Mask(
            logits,
            from row in Enumerable.Range(0, written.Count)
            from sequence in _sequences
            where EndsWith(written[row], sequence.AsSpan(..^1))
            select (row, sequence[^1]));
    }

    private void RequireIn(long vocabulary)
    {
        foreach (var id in _sequences.SelectMany(sequence => sequence))
        {
            if (id < 0 || id >= vocabulary)
                throw new UserException($"The bad word's token {id} is not in the vocabulary"
                    + (vocabulary == int.MaxValue ? "; ids begin at 0." : $" of {vocabulary} tokens, 0 to {vocabulary - 1}."));
        }
    }

    private static bool EndsWith(IReadOnlyList<int> text, ReadOnlySpan<int> ending)
    {
        for (var i = 0; i < ending.Length; i++)
            if (text.Count < ending.Length || text[text.Count - ending.Length + i] != ending[i])
                return false;
        return true;
    }
}

/// <summary>A text does not end before it has some tokens.</summary>
public sealed record MinTokens : LogitsProcessor
{
    /// <summary>Forbids the end of a text before it has this number of tokens.</summary>
    public MinTokens(int count) => Count = count;

    /// <summary>Tokens, those of a prompt counted, <c>&lt;/s&gt;</c> not.</summary>
    public int Count { get; init => field = Require.AtLeast(0, value); }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor logits, IReadOnlyList<IReadOnlyList<int>> written) => Mask(
        logits, Enumerable.Range(0, written.Count).Where(row => written[row].Count < Count).Select(row => (row, Vocabulary.EosId)));
}
