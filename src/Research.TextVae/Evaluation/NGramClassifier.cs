using Research.TextVae.Support;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Evaluation;

/// <summary>
/// Tells classes of texts apart by their words and pairs of words, as they are written: multinomial logistic regression on n-grams weighted
/// by tf-idf. It has a vocabulary of its own, so it judges texts of any model, and knows words that the model does not.
/// </summary>
public sealed class NGramClassifier
{
    private readonly WordTokenizer _tokenizer;
    private readonly Dictionary<(int, int), (int Place, double Rarity)> _terms;
    private readonly double[][] _weights; // of each term for each class; the last row is the bias

    private NGramClassifier(WordTokenizer tokenizer, Dictionary<(int, int), (int Place, double Rarity)> terms, int classes)
    {
        (_tokenizer, _terms) = (tokenizer, terms);
        _weights = [.. Enumerable.Range(0, terms.Count + 1).Select(_ => new double[classes])];
    }

    /// <summary>Number of n-grams that it goes by.</summary>
    public int Terms => _terms.Count;

    /// <summary>Trains on sentences whose labels are among some.</summary>
    /// <param name="sentences">The sentences.</param>
    /// <param name="labels">The label of each class.</param>
    /// <param name="seed">Seed of their order.</param>
    public static NGramClassifier Train(IEnumerable<Sentence> sentences, IReadOnlyList<string> labels, ulong seed)
    {
        Sentence[] known = [.. sentences.Where(sentence => labels.Contains(sentence.Label))];
        int[] classes = [.. known.Select(sentence => labels.ToList().IndexOf(sentence.Label))];
        return Train([.. known.Select(sentence => sentence.Text)], classes, labels.Count, seed);
    }

    /// <summary>Trains by stochastic gradients, each weight with a step size of its own (AdaGrad, Duchi et al. 2011).</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="classes">The class of each, from 0.</param>
    /// <param name="count">Number of classes.</param>
    /// <param name="seed">Seed of their order.</param>
    /// <param name="epochs">Passes over the texts.</param>
    public static NGramClassifier Train(IReadOnlyList<string> texts, IReadOnlyList<int> classes, int count, ulong seed, int epochs = 8)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(classes);
        var tokenizer = WordTokenizer.Train(texts, new WordTokenizerOptions { MaxVocabulary = int.MaxValue });
        (int, int)[][] terms = [.. texts.Select(text => TermsOf(tokenizer, text))];
        // A pair that a single text has tells nothing of others.
        var known = terms.SelectMany(of => of.Distinct()).GroupBy(term => term)
            .Where(term => term.Key.Item2 == Single || term.Skip(1).Any())
            .Select((term, place) => (term.Key, Place: place, Rarity: Math.Log((texts.Count + 1.0) / term.Count())))
            .ToDictionary(term => term.Key, term => (term.Place, term.Rarity));
        var classifier = new NGramClassifier(tokenizer, known, Require.AtLeast(1, count));
        (int Place, double Value)[][] vectors = [.. terms.Select(classifier.Vector)];
        double[][] squares = [.. classifier._weights.Select(_ => new double[count])];
        var (order, random) = (Enumerable.Range(0, texts.Count).ToArray(), new StableRandom(seed));
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            HostInterruption.Check();
            random.Shuffle<int>(order);
            foreach (var text in order)
                classifier.Step(vectors[text], classes[text], squares);
        }

        return classifier;
    }

    /// <summary>The likeliest class of a text.</summary>
    public int Predict(string text)
    {
        var probabilities = Probabilities(text);
        return Array.IndexOf(probabilities, probabilities.Max());
    }

    /// <summary>Share of sentences whose label it finds; not a number without any.</summary>
    /// <param name="sentences">Sentences whose labels are among those of the classes.</param>
    /// <param name="labels">The label of each class.</param>
    public double Accuracy(IReadOnlyCollection<Sentence> sentences, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        ArgumentNullException.ThrowIfNull(labels);
        return sentences.Select(sentence => labels[Predict(sentence.Text)] == sentence.Label ? 1.0 : 0)
            .DefaultIfEmpty(double.NaN).Average();
    }

    /// <summary>The probability of each class; [classes].</summary>
    public double[] Probabilities(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Probabilities(Vector(TermsOf(_tokenizer, text)));
    }

    private const double Rate = 0.5;
    private const int Single = -1; // in place of the second word

    private static (int, int)[] TermsOf(WordTokenizer tokenizer, string text)
    {
        int[] words = [Vocabulary.BosId, .. tokenizer.EncodeToIds(text), Vocabulary.EosId];
        return [.. words[1..^1].Select(word => (word, Single)), .. words.Zip(words.Skip(1))];
    }

    // tf-idf of the known terms, of length 1.
    private (int Place, double Value)[] Vector((int, int)[] terms)
    {
        (int Place, double Value)[] vector =
        [
            .. terms.Where(_terms.ContainsKey).GroupBy(term => term)
                .Select(term => (_terms[term.Key].Place, term.Count() * _terms[term.Key].Rarity)),
        ];
        var norm = Math.Sqrt(vector.Sum(entry => entry.Value * entry.Value));
        return Array.ConvertAll(vector, entry => (entry.Place, entry.Value / Math.Max(norm, 1e-12)));
    }

    // p_c = softmax_c(b_c + Σ_t w_tc x_t)
    private double[] Probabilities((int Place, double Value)[] vector)
    {
        var scores = _weights[^1].ToArray();
        foreach (var (place, value) in vector)
            for (var c = 0; c < scores.Length; c++)
                scores[c] += _weights[place][c] * value;
        var most = scores.Max();
        var sum = scores.Sum(score => Math.Exp(score - most));
        return Array.ConvertAll(scores, score => Math.Exp(score - most) / sum);
    }

    // g_tc = (p_c − [c = y]) x_t,   G_tc += g²,   w_tc −= η g / √G_tc
    private void Step((int Place, double Value)[] vector, int truth, double[][] squares)
    {
        var probabilities = Probabilities(vector);
        foreach (var (place, value) in vector.Append((_weights.Length - 1, 1.0)))
        {
            for (var c = 0; c < probabilities.Length; c++)
            {
                var gradient = (probabilities[c] - (c == truth ? 1 : 0)) * value;
                squares[place][c] += gradient * gradient;
                _weights[place][c] -= Rate * gradient / Math.Sqrt(squares[place][c] + 1e-12);
            }
        }
    }
}
