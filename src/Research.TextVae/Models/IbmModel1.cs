using System.Runtime.InteropServices;
using Research.TextVae.Support;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Models;

/// <summary>
/// A bilingual lexicon learned from sentence pairs: IBM's Model 1 (Brown et al. 1993), in which each target word is the translation of
/// one source word, or of none, whatever their places. Words are in small letters.
/// </summary>
public sealed class IbmModel1
{
    // The empty word, which target words without a counterpart come from.
    private const int Empty = 0;

    private readonly WordScanner _scanner = new(lowercase: true);
    private readonly Dictionary<string, int> _sources = new(StringComparer.Ordinal) { [""] = Empty };
    private readonly Dictionary<string, int> _targets = new(StringComparer.Ordinal);
    private readonly List<string> _targetWords = [];
    private readonly List<double> _logLikelihoods = [];
    private Dictionary<int, double>[] _probabilities = [];

    private IbmModel1()
    {
    }

    /// <summary>log p(targets | sources) of the training pairs before each iteration, lengths aside, in nats; it never falls.</summary>
    public IReadOnlyList<double> LogLikelihoods => _logLikelihoods;

    /// <param name="pairs">Texts and their translations.</param>
    /// <param name="iterations">Rounds of expectation and maximisation.</param>
    /// <exception cref="UserException">There are no pairs.</exception>
    public static IbmModel1 Train(IEnumerable<TextPair> pairs, int iterations = 5)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        Require.AtLeast(1, iterations);
        var model = new IbmModel1();
        var encoded = pairs.Select(pair => (
            Source: (int[])[Empty, .. model._scanner.Words(pair.Source).Select(word => IdOf(model._sources, word))],
            Target: model._scanner.Words(pair.Target).Select(model.TargetOf).ToArray())).ToArray();
        if (encoded.Length == 0)
            throw new UserException("A lexicon cannot be learned from no pairs; give it at least one.");
        model.StartEvenly(encoded);
        for (var iteration = 0; iteration < iterations; iteration++)
        {
            HostInterruption.Check();
            model.Improve(encoded);
        }

        return model;
    }

    /// <summary>t(target | source); of words that never stood together, 0.</summary>
    /// <param name="source">A source word; empty for the empty word.</param>
    /// <param name="target">A target word.</param>
    public double Probability(string source, string target) =>
        _sources.TryGetValue(source, out var e) && _targets.TryGetValue(target, out var f) ? _probabilities[e].GetValueOrDefault(f) : 0;

    /// <summary>The likeliest translation of a word, the word itself where it is not known.</summary>
    public string Translate(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        return _sources.TryGetValue(word, out var e) && _probabilities[e].Count > 0
            ? _targetWords[_probabilities[e].MaxBy(pair => (pair.Value, -pair.Key)).Key]
            : word;
    }

    /// <summary>A text word by word, in the order of the source.</summary>
    public string TranslateText(string text) => string.Join(' ', _scanner.Words(text).Select(Translate));

    private void StartEvenly((int[] Source, int[] Target)[] pairs)
    {
        _probabilities = [.. Enumerable.Range(0, _sources.Count).Select(_ => new Dictionary<int, double>())];
        foreach (var (source, target) in pairs)
        {
            foreach (var e in source)
                foreach (var f in target)
                    _probabilities[e][f] = 1.0 / _targetWords.Count;
        }
    }

    // Expectation: a target word f is the translation of the source word e with the posterior  t(f|e) / Σₑ′ t(f|e′).
    // Maximisation: t(f|e) = c(f, e) / Σ_f′ c(f′, e), where c sums these posteriors over the pairs.
    private void Improve((int[] Source, int[] Target)[] pairs)
    {
        var counts = Array.ConvertAll(_probabilities, row => new Dictionary<int, double>(row.Count));
        var logLikelihood = 0.0;
        foreach (var (source, target) in pairs)
        {
            foreach (var f in target)
            {
                var total = source.Sum(e => _probabilities[e][f]);
                logLikelihood += Math.Log(total / source.Length);
                foreach (var e in source)
                    CollectionsMarshal.GetValueRefOrAddDefault(counts[e], f, out _) += _probabilities[e][f] / total;
            }
        }

        _logLikelihoods.Add(logLikelihood);
        foreach (var row in counts)
        {
            var sum = row.Values.Sum();
            foreach (var f in row.Keys.ToArray())
                row[f] /= sum;
        }

        _probabilities = counts;
    }

    private int TargetOf(string word)
    {
        if (!_targets.ContainsKey(word))
            _targetWords.Add(word);
        return IdOf(_targets, word);
    }

    private static int IdOf(Dictionary<string, int> ids, string word)
    {
        if (!ids.TryGetValue(word, out var id))
            ids.Add(word, id = ids.Count);
        return id;
    }
}
