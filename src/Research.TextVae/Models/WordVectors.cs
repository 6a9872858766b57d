using Research.TextVae.Models.Layers;
using Research.TextVae.Support;
using Research.TextVae.Tokenizers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Research.TextVae.Models;

/// <summary>Vectors of words, learned from text without labels: what a model can be given to begin with.</summary>
public sealed class WordVectors
{
    private readonly Tensor _directions; // [vocabulary, width], of length 1; 0 for unknown words
    private readonly bool[] _known;

    /// <param name="table">[vocabulary, width].</param>
    /// <param name="text">The text they were learned from: the vectors of words that are not in it mean nothing.</param>
    public WordVectors(Tensor table, IReadOnlyList<int[]> text)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(text);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Table = table.detach().cpu().clone().DetachFromDisposeScope();
        _known = new bool[table.shape[0]];
        foreach (var word in text.SelectMany(sentence => sentence))
            _known[word] = true;
        foreach (var marker in Enumerable.Range(0, Vocabulary.Markers.Count))
            _known[marker] = false;
        _directions = (nn.functional.normalize(Table) * Known()).DetachFromDisposeScope();
    }

    /// <summary>[vocabulary, width].</summary>
    public Tensor Table { get; }

    /// <summary>The words nearest to one by the cosine of their vectors, the nearest first; none for a word the text did not
    /// have.</summary>
    /// <param name="word">Its id.</param>
    /// <param name="count">How many, at most.</param>
    public IReadOnlyList<Neighbour> Nearest(int word, int count)
    {
        using var scope = NewDisposeScope();
        if (!_known[word])
            return [];
        var cosines = _directions.matmul(_directions[word]).masked_fill(Known().squeeze(1).eq(0), double.NegativeInfinity);
        cosines[word].fill_(double.NegativeInfinity);
        var (values, places) = cosines.topk((int)Math.Min(count, cosines.shape[0]));
        return [.. places.data<long>().ToArray().Zip(values.data<float>().ToArray(), (place, cosine) => new Neighbour((int)place, cosine))
            .Where(neighbour => double.IsFinite(neighbour.Value))];
    }

    /// <summary>
    /// Puts the vectors in the place of a model's own in every table of words it has, scaled to the spread of what they replace.
    /// Markers and words that the text did not have keep the model's.
    /// </summary>
    /// <exception cref="UserException">The model has no table of words of this width.</exception>
    public void Initialise(nn.Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var tables = model.modules().OfType<EmbeddingLayer>().Select(module => module.Weight)
            .Where(table => table.shape.SequenceEqual(Table.shape)).ToArray();
        if (tables.Length == 0)
            throw new UserException(
                $"the model has no table of {Table.shape[0]} words and width {Table.shape[1]}; give model and vectors one width.");
        var rows = Known().squeeze(1).to_type(ScalarType.Bool);
        var spread = Table.masked_select(rows.unsqueeze(1)).std();
        foreach (var table in tables)
            table.copy_(where(rows.unsqueeze(1), Table * (table.cpu().std() / spread), table.cpu()));
    }

    // [vocabulary, 1], 1 where the text has the word.
    private Tensor Known() => tensor(Array.ConvertAll(_known, has => has ? 1f : 0)).unsqueeze(1);
}

/// <summary>
/// Word vectors that predict which words occur near each other: skip-gram with negative sampling (Mikolov et al. 2013b). At its optimum,
/// with vectors wide enough, u_c · v_w = log( p(c | w) / p_n(c) ) − log k, the shifted pointwise mutual information (Levy and Goldberg
/// 2014).
/// </summary>
public sealed class SkipGram : Module
{
    private readonly EmbeddingLayer words; // v
    private readonly EmbeddingLayer contexts; // u

    /// <param name="vocabulary">Tokens in the vocabulary, the markers included.</param>
    /// <param name="width">Of the vectors.</param>
    public SkipGram(int vocabulary, int width)
        : base(nameof(SkipGram))
    {
        words = new EmbeddingLayer(Require.AtLeast(1, vocabulary), Require.AtLeast(1, width));
        contexts = new EmbeddingLayer(vocabulary, width);
        init.uniform_(words.Weight, -0.5 / width, 0.5 / width);
        init.zeros_(contexts.Weight);
        RegisterComponents();
        this.KeepTensors();
    }

    /// <summary>The word vectors v; [vocabulary, width].</summary>
    public Tensor Table => words.Weight;

    /// <summary>u_c · v_w of words and contexts.</summary>
    /// <param name="centre">int64 [pairs].</param>
    /// <param name="context">int64 [pairs, contexts of each].</param>
    /// <returns>[pairs, contexts of each].</returns>
    public Tensor Score(Tensor centre, Tensor context) =>
        contexts.call(context).bmm(words.call(centre).unsqueeze(2)).squeeze(2);

    /// <summary>The loss of pairs of words that occur near each other, in nats per pair.</summary>
    /// <param name="centre">w, int64 [pairs].</param>
    /// <param name="context">c, int64 [pairs].</param>
    /// <param name="noise">n₁ … n_k, words drawn at random; int64 [pairs, k].</param>
    // −log σ(u_c · v_w) − Σ_i log σ(−u_{n_i} · v_w)
    public Tensor Loss(Tensor centre, Tensor context, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(noise);
        var scores = Score(centre, cat([context.unsqueeze(1), noise], 1)); // [pairs, 1 + k]
        // −log σ(s) = softplus(−s)
        return ((-scores.narrow(1, 0, 1)).softplus().sum() + scores.narrow(1, 1, noise.shape[1]).softplus().sum()) / context.shape[0];
    }
}

/// <summary>Which pairs of words a <see cref="SkipGram"/> learns from.</summary>
public sealed record SkipGramOptions
{
    /// <summary>Words on each side of a word that can be its contexts. How many are is drawn for each word, 1 to this, so that near ones
    /// count more.</summary>
    public int Window { get; init => field = Require.AtLeast(1, value); } = 5;

    /// <summary>Words drawn at random against each pair, k.</summary>
    public int Negatives { get; init => field = Require.AtLeast(1, value); } = 5;

    /// <summary>Power of the word frequencies that the negatives are drawn by.</summary>
    public double NoisePower { get; init => field = Require.Within(0, 1, value); } = 0.75;

    /// <summary>t: a word of frequency f is left out with probability 1 − √(t / f), so that "the" does not drown all others; 1 keeps every
    /// word.</summary>
    public double Subsampling { get; init => field = Require.Above(0, value); } = 1e-3;
}

/// <summary>The nearest sentence of a set.</summary>
/// <param name="Index">Its place in the set; the first of several equally near ones.</param>
/// <param name="Value">How near it is, by the measure that was asked for.</param>
public readonly record struct Neighbour(int Index, double Value);
