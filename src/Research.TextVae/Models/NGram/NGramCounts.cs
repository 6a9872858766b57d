using Research.TextVae.Support;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Models.NGram;

/// <summary>
/// Finds and counts the n-grams of a text by sorting: an n-gram is its context, an (n−1)-gram already numbered, and a last
/// token, so two counting sorts of the text's positions give each order from the one below, in time linear in the text.
/// </summary>
internal sealed class NGramCounts
{
    // The text with <s> and </s>; its positions sorted by their token, those of <s> left out.
    private readonly int[] _tokens;
    private readonly int[] _byToken;

    // The number of the n-gram of the latest order that ends at each position, −1 where the sentence has fewer tokens.
    private int[] _numbers;

    private NGramCounts(IReadOnlyList<int[]> sentences, int vocabulary, int order)
    {
        _tokens = Join(sentences, vocabulary);
        _numbers = _tokens;
        var occurrences = new int[vocabulary];
        foreach (var token in _tokens)
            occurrences[token]++;
        // Nothing predicts <s>.
        occurrences[Vocabulary.BosId] = 0;
        _byToken = SortByToken(occurrences);
        Levels = [new NGramLevel([.. Enumerable.Range(0, vocabulary)], new int[vocabulary])];
        Counts = [occurrences];
        while (Levels.Count < order)
            AddLevel();
    }

    /// <summary>The n-grams of order 1, 2, …; those of order 1 are all tokens of the vocabulary.</summary>
    public List<NGramLevel> Levels { get; }

    /// <summary>
    /// What the estimate rests on: how often an n-gram of the highest order occurs, and for a lower one the number of
    /// different tokens before it. Nothing stands before <c>&lt;s&gt;</c>; n-grams that begin with it keep their number of occurrences.
    /// </summary>
    public List<int[]> Counts { get; }

    /// <param name="sentences">Token ids without <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c>.</param>
    public static NGramCounts Count(IReadOnlyList<int[]> sentences, int vocabulary, int order) => new(sentences, vocabulary, order);

    private static int[] Join(IReadOnlyList<int[]> sentences, int vocabulary)
    {
        var length = sentences.Sum(sentence => sentence.Length + 2L);
        if (length > Array.MaxLength)
            throw new UserException(
                $"An n-gram model is to be trained on {length:N0} tokens, but can take {Array.MaxLength:N0}; take fewer sentences.");
        var tokens = new int[length];
        var position = 0;
        foreach (var sentence in sentences)
        {
            tokens[position++] = Vocabulary.BosId;
            foreach (var token in sentence)
                tokens[position++] = NGramModel.Checked(token, vocabulary);
            tokens[position++] = Vocabulary.EosId;
        }

        return tokens;
    }

    private int[] SortByToken(int[] occurrences)
    {
        var next = Starts(occurrences);
        var sorted = new int[next[^1]];
        for (var position = 0; position < _tokens.Length; position++)
            if (_tokens[position] != Vocabulary.BosId)
                sorted[next[_tokens[position]]++] = position;
        return sorted;
    }

    private void AddLevel()
    {
        var contexts = Levels[^1];
        var (groups, places) = SortByContext(contexts.Count);
        var numbers = new int[_tokens.Length];
        Array.Fill(numbers, -1);
        contexts.Continuations = new int[contexts.Count + 1];
        List<int> tokens = new(places.Length), suffixes = new(places.Length), occurrences = new(places.Length);
        for (var context = 0; context < contexts.Count; context++)
        {
            contexts.Continuations[context] = tokens.Count;
            var previous = -1;
            for (var i = groups[context]; i < groups[context + 1]; i++)
            {
                var (token, position) = places[i];
                if (token != previous)
                {
                    tokens.Add(token);
                    suffixes.Add(_numbers[position]);
                    occurrences.Add(0);
                    previous = token;
                }

                occurrences[^1]++;
                numbers[position] = tokens.Count - 1;
            }
        }

        contexts.Continuations[^1] = tokens.Count;
        Counts[^1] = CountPredecessors(suffixes, occurrences: Counts[^1]);
        Levels.Add(new NGramLevel([.. tokens], [.. suffixes]));
        Counts.Add([.. occurrences]);
        _numbers = numbers;
    }

    // The places of all n-grams, by context and then by last token, and where each context's begin.
    private (int[] Groups, (int Token, int Position)[] Places) SortByContext(int contexts)
    {
        var sizes = new int[contexts];
        for (var position = 1; position < _tokens.Length; position++)
            if (_tokens[position] != Vocabulary.BosId && _numbers[position - 1] is >= 0 and var context)
                sizes[context]++;
        var groups = Starts(sizes);
        var next = groups.AsSpan().ToArray();
        var places = new (int, int)[groups[^1]];
        foreach (var position in _byToken)
            if (_numbers[position - 1] is >= 0 and var context)
                places[next[context]++] = (_tokens[position], position);
        return (groups, places);
    }

    // Every n-gram stands for one token before its suffix; a suffix without any begins with <s>.
    private static int[] CountPredecessors(List<int> suffixes, int[] occurrences)
    {
        var counts = new int[occurrences.Length];
        foreach (var suffix in suffixes)
            counts[suffix]++;
        for (var i = 0; i < counts.Length; i++)
            if (counts[i] == 0)
                counts[i] = occurrences[i];
        return counts;
    }

    // Where each group begins if they lie one after the other, and at last where all end.
    private static int[] Starts(int[] sizes)
    {
        var starts = new int[sizes.Length + 1];
        for (var i = 0; i < sizes.Length; i++)
            starts[i + 1] = starts[i] + sizes[i];
        return starts;
    }
}

/// <summary>
/// The n-grams of one order, sorted by their context (its place in the level below) and then by the last token, so that the
/// continuations of a context lie side by side.
/// </summary>
/// <param name="tokens">The last token of each.</param>
/// <param name="suffixes">The place in the level below of each without its first token.</param>
internal sealed class NGramLevel(int[] tokens, int[] suffixes)
{
    /// <summary>n-grams of this order.</summary>
    public int Count => tokens.Length;

    /// <summary>The last token.</summary>
    public int[] Tokens => tokens;

    /// <summary>The place in the level below of the n-gram without its first token.</summary>
    public int[] Suffixes => suffixes;

    /// <summary>log p(last token | the others), in nats.</summary>
    public float[] LogProbabilities { get; } = new float[tokens.Length];

    /// <summary>log γ of the n-gram as a context: the weight of the shorter context's distribution; 0 for one never continued.</summary>
    public float[] LogBackOffs { get; } = new float[tokens.Length];

    /// <summary>Where in the level above the continuations of each n-gram begin, and after the last where they end; empty at the
    /// top.</summary>
    public int[] Continuations { get; set; } = [];

    /// <summary>The place in the level above of a context's continuation with this token, or −1.</summary>
    public int Find(int context, int token, NGramLevel above)
    {
        var (first, length) = (Continuations[context], Continuations[context + 1] - Continuations[context]);
        // The greatest token not above the wanted one stays within [first, first + length).
        while (length > 1)
        {
            var half = length / 2;
            first += above.Tokens[first + half] <= token ? half : 0;
            length -= half;
        }

        return length == 1 && above.Tokens[first] == token ? first : -1;
    }
}
