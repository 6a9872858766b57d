using Research.TextVae.Diagnostics;
using Research.TextVae.Text;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>Vectors of words, learned from text without labels: what a model can be given to begin with.</summary>
public sealed class WordVectors
{
    private readonly Tensor directions; // [vocabulary, width], of length 1; 0 for unknown words
    private readonly bool[] known;

    /// <param name="table">[vocabulary, width].</param>
    /// <param name="text">The text they were learned from: the vectors of words that are not in it mean nothing.</param>
    public WordVectors(Tensor table, IReadOnlyList<int[]> text)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(text);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Table = table.detach().cpu().clone().DetachFromDisposeScope();
        known = new bool[table.shape[0]];
        foreach (var word in text.SelectMany(sentence => sentence))
            known[word] = true;
        foreach (var marker in Enumerable.Range(0, Vocabulary.Markers.Count))
            known[marker] = false;
        directions = (nn.functional.normalize(Table) * Known()).DetachFromDisposeScope();
    }

    /// <summary>[vocabulary, width].</summary>
    public Tensor Table { get; }

    /// <summary>The words nearest to one by the cosine of their vectors, the nearest first; none for a word the text did not have.</summary>
    /// <param name="word">Its id.</param>
    /// <param name="count">How many, at most.</param>
    public IReadOnlyList<Neighbour> Nearest(int word, int count)
    {
        using var scope = NewDisposeScope();
        if (!known[word])
            return [];
        var cosines = directions.matmul(directions[word]).masked_fill(Known().squeeze(1).eq(0), double.NegativeInfinity);
        cosines[word].fill_(double.NegativeInfinity);
        var (values, places) = cosines.topk((int)Math.Min(count, cosines.shape[0]));
        return [.. places.data<long>().ToArray().Zip(values.data<float>().ToArray(), (place, cosine) => new Neighbour((int)place, cosine)).Where(neighbour => double.IsFinite(neighbour.Value))];
    }

    /// <summary>
    /// Puts the vectors in the place of a model's own in every table of words it has, scaled to the spread of what they replace.
    /// Markers and words that the text did not have keep the model's.
    /// </summary>
    /// <exception cref="UserException">The model has no table of words of this width.</exception>
    public void Initialise(AutoregressiveModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var tables = model.modules().OfType<EmbeddingLayer>().Select(module => module.Weight).Where(table => table.shape.SequenceEqual(Table.shape)).ToArray();
        if (tables.Length == 0)
            throw new UserException($"the model has no table of {Table.shape[0]} words and width {Table.shape[1]}; give model and vectors one width.");
        var rows = Known().squeeze(1).to_type(ScalarType.Bool);
        var spread = Table.masked_select(rows.unsqueeze(1)).std();
        foreach (var table in tables)
            table.copy_(where(rows.unsqueeze(1), Table * (table.cpu().std() / spread), table.cpu()));
    }

    // [vocabulary, 1], 1 where the text has the word.
    private Tensor Known() => tensor(Array.ConvertAll(known, has => has ? 1f : 0)).unsqueeze(1);
}
