using Research.TextVae.Support;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Models.NGram;

/// <summary>
/// An n-gram language model with interpolated modified Kneser–Ney smoothing (Chen and Goodman 1999): the probability of a
/// token rests on the n−1 tokens before it, mixed with those of ever shorter contexts down to the uniform distribution.
/// Every sentence begins with <c>&lt;s&gt;</c>, which is a context only, and ends with <c>&lt;/s&gt;</c>, which is predicted.
/// </summary>
public sealed class NGramModel
{
    private readonly NGramLevel[] _levels;

    private NGramModel(NGramLevel[] levels, IReadOnlyList<KneserNeyDiscounts> discounts)
    {
        _levels = levels;
        Discounts = discounts;
    }

    /// <summary>Tokens of the longest n-gram.</summary>
    public int Order => _levels.Length;

    /// <summary>Tokens in the vocabulary, the special ones included.</summary>
    public int VocabularySize => _levels[0].Count;

    /// <summary>The discounts of order 1, 2, …</summary>
    public IReadOnlyList<KneserNeyDiscounts> Discounts { get; }

    /// <summary>The beginning of a sentence.</summary>
    public NGramState Start => Order == 1 ? default : new(1, Vocabulary.BosId);

    /// <summary>Different n-grams of an order in the training sentences; for order 1 the whole vocabulary.</summary>
    public int Count(int order) => _levels[order - 1].Count;

    /// <param name="sentences">Token ids without <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c>.</param>
    /// <param name="vocabulary">Tokens in the vocabulary, the special ones included.</param>
    /// <param name="order">Tokens of the longest n-gram.</param>
    /// <exception cref="UserException">The order is below 1 or there are no sentences.</exception>
    /// <exception cref="ArgumentException">A token id is no token of text in the vocabulary.</exception>
    public static NGramModel Train(IReadOnlyList<int[]> sentences, int vocabulary, int order = 5)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        Require.AtLeast(1, order, "The order of an n-gram model");
        if (sentences.Count == 0)
            throw new UserException("An n-gram model cannot be trained on no sentences; give it at least one.");
        var counts = NGramCounts.Count(sentences, vocabulary, order);
        var discounts = KneserNey.Estimate(counts);
        return new NGramModel([.. counts.Levels], discounts);
    }

    /// <summary>log p(token | the tokens before), in nats, and the state after the token.</summary>
    /// <param name="state">The state before the token: <see cref="Start"/>, what an earlier call gave, or <c>default</c> for no context at
    /// all.</param>
    /// <param name="token">Any token but <c>&lt;pad&gt;</c> and <c>&lt;s&gt;</c>.</param>
    // log p(w|h) = the stored value if hw was seen, log γ(h) + log p(w|h′) otherwise
    public double LogProbability(NGramState state, int token, out NGramState next)
    {
        if ((uint)token >= (uint)VocabularySize || token is Vocabulary.PadId or Vocabulary.BosId)
            throw NotText(token, VocabularySize, nameof(token));
        var (order, index) = state;
        var backOff = 0.0;
        var found = token;
        while (order > 0)
        {
            var context = _levels[order - 1];
            found = context.Find(index, token, _levels[order]);
            if (found >= 0)
                break;
            backOff += context.LogBackOffs[index];
            index = context.Suffixes[index];
            order--;
            found = token;
        }

        var level = _levels[order];
        next = order + 1 < Order ? new(order + 1, found) : new(order, level.Suffixes[found]);
        return backOff + level.LogProbabilities[found];
    }

    /// <summary>−log p of each token of a sentence and of its <c>&lt;/s&gt;</c>, in nats.</summary>
    /// <param name="sentence">Token ids without <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c>.</param>
    public double[] TokenNll(ReadOnlySpan<int> sentence)
    {
        var losses = new double[sentence.Length + 1];
        var state = Start;
        for (var i = 0; i < losses.Length; i++)
            losses[i] = -LogProbability(state, i < sentence.Length ? Checked(sentence[i], VocabularySize) : Vocabulary.EosId, out state);
        return losses;
    }

    /// <summary>−log p of a sentence with its <c>&lt;/s&gt;</c>, in nats.</summary>
    /// <param name="sentence">Token ids without <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c>.</param>
    public double SentenceNll(ReadOnlySpan<int> sentence)
    {
        var (state, loss) = (Start, 0.0);
        foreach (var token in sentence)
            loss -= LogProbability(state, Checked(token, VocabularySize), out state);
        return loss - LogProbability(state, Vocabulary.EosId, out _);
    }

    /// <summary>exp(−log p / predicted tokens) of some sentences, <c>&lt;/s&gt;</c> counted, <c>&lt;s&gt;</c> not.</summary>
    /// <exception cref="UserException">There are no sentences.</exception>
    public double Perplexity(IReadOnlyList<int[]> sentences)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        if (sentences.Count == 0)
            throw new UserException("No sentences have no perplexity; give at least one.");
        return Math.Exp(sentences.Sum(sentence => SentenceNll(sentence)) / sentences.Sum(sentence => sentence.Length + 1L));
    }

    /// <summary>p(token | the tokens before) for the whole vocabulary; it sums to 1, and is 0 for <c>&lt;pad&gt;</c> and
    /// <c>&lt;s&gt;</c>.</summary>
    public double[] Distribution(NGramState state)
    {
        var probabilities = Array.ConvertAll(_levels[0].LogProbabilities, logProbability => Math.Exp(logProbability));
        foreach (var (order, index) in Contexts(state).Reverse())
        {
            var (context, level) = (_levels[order - 1], _levels[order]);
            var weight = Math.Exp(context.LogBackOffs[index]);
            foreach (ref var probability in probabilities.AsSpan())
                probability *= weight;
            for (var i = context.Continuations[index]; i < context.Continuations[index + 1]; i++)
                probabilities[level.Tokens[i]] = Math.Exp(level.LogProbabilities[i]);
        }

        return probabilities;
    }

    /// <summary>Draws a sentence, without <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c>.</summary>
    /// <param name="random">The only source of chance.</param>
    /// <param name="maxTokens">Where a sentence that has not ended is cut.</param>
    public int[] Sample(StableRandom random, int maxTokens = 100) => Sample(random, [], maxTokens);

    /// <summary>Draws a sentence that continues a prefix, without <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c>.</summary>
    /// <param name="random">The only source of chance.</param>
    /// <param name="prefix">Token ids without <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c>.</param>
    /// <param name="maxTokens">Tokens after the prefix where a sentence that has not ended is cut.</param>
    /// <returns>The prefix and what follows it.</returns>
    /// <exception cref="ArgumentException">A token of the prefix is no token of text in the vocabulary.</exception>
    public int[] Sample(StableRandom random, ReadOnlySpan<int> prefix, int maxTokens = 100)
    {
        ArgumentNullException.ThrowIfNull(random);
        var sentence = new List<int>();
        var state = Start;
        foreach (var token in prefix)
        {
            sentence.Add(Checked(token, VocabularySize));
            LogProbability(state, token, out state);
        }

        while (sentence.Count - prefix.Length < maxTokens && Draw(Distribution(state), random) is var token and not Vocabulary.EosId)
        {
            sentence.Add(token);
            LogProbability(state, token, out state);
        }

        return [.. sentence];
    }

    /// <summary>Π γ over the contexts of a state: the weight that the unigram distribution has in its mixture.</summary>
    internal double UnigramWeight(NGramState state) =>
        Math.Exp(Contexts(state).Sum(context => (double)_levels[context.Order - 1].LogBackOffs[context.Index]));

    /// <summary>The token if a sentence may hold it.</summary>
    internal static int Checked(int token, int vocabulary) =>
        (uint)token < (uint)vocabulary && !Vocabulary.IsControl(token) ? token : throw NotText(token, vocabulary, "sentence");

    private static ArgumentOutOfRangeException NotText(int token, int vocabulary, string parameter) =>
        new(parameter, token, $"Token {token} is a marker that sentences do not hold or is not below the vocabulary's {vocabulary}.");

    // The contexts that are mixed, the longest first.
    private IEnumerable<NGramState> Contexts(NGramState state)
    {
        for (var (order, index) = state; order > 0; index = _levels[order - 1].Suffixes[index], order--)
            yield return new(order, index);
    }

    private static int Draw(double[] probabilities, StableRandom random)
    {
        var rest = random.NextDouble() * probabilities.Sum();
        var last = Vocabulary.EosId;
        for (var token = 0; token < probabilities.Length; token++)
        {
            if (probabilities[token] <= 0)
                continue;
            last = token;
            rest -= probabilities[token];
            if (rest < 0)
                break;
        }

        return last;
    }
}

/// <summary>What an <see cref="NGramModel"/> remembers of the tokens so far: the longest end of them that it has seen as a
/// context.</summary>
/// <param name="Order">Tokens of that context, 0 for none.</param>
/// <param name="Index">Its place among the n-grams of that order.</param>
public readonly record struct NGramState(int Order, int Index);
