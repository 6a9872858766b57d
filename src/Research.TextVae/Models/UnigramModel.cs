using Research.TextVae.Support;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>
/// Statistics of each word alone: its frequency, and the number of documents that have it. It is what models of bags of words are compared
/// with, and where their output can start, so that they learn what words do together.
/// </summary>
public sealed class UnigramModel
{
    private UnigramModel(double[] logFrequencies, double[] presence) => (LogFrequencies, Presence) = (logFrequencies, presence);

    /// <summary>log p(word), with one more of each word so that none is impossible; [vocabulary].</summary>
    public IReadOnlyList<double> LogFrequencies { get; }

    /// <summary>The share of documents that each word is in, half a document more so that none is 0; [vocabulary].</summary>
    public IReadOnlyList<double> Presence { get; }

    /// <summary>Counts the words of documents.</summary>
    /// <param name="documents">Token ids of each document.</param>
    /// <param name="vocabulary">Number of tokens in the vocabulary.</param>
    /// <param name="first">The first token that may be in a document; those before it get a probability of almost 0.</param>
    // p(w) = (n_w + 1) / (n + words)
    public static UnigramModel Train(IReadOnlyList<int[]> documents, int vocabulary, int first = 0)
    {
        ArgumentNullException.ThrowIfNull(documents);
        Require.Within(0, vocabulary - 1, first);
        var (counts, presence) = (new double[vocabulary], new double[vocabulary]);
        foreach (var word in documents.SelectMany(document => document))
            counts[word]++;
        foreach (var word in documents.SelectMany(document => document.Distinct()))
            presence[word]++;
        var total = counts.Sum() + vocabulary - first;
        return new UnigramModel(
            [.. counts.Select((count, word) => word < first ? Math.Log(1e-9) : Math.Log((count + 1) / total))],
            [.. presence.Select(count => (count + 0.5) / (documents.Count + 1))]);
    }

    /// <summary>Perplexity per word of the multinomial likelihood.</summary>
    /// <param name="documents">Token ids of each document.</param>
    public double Perplexity(IReadOnlyList<int[]> documents)
    {
        ArgumentNullException.ThrowIfNull(documents);
        var nats = -documents.SelectMany(document => document).Sum(word => LogFrequencies[word]);
        return Math.Exp(nats / documents.Sum(document => (long)document.Length));
    }

    /// <summary>Cross-entropy of the presence of each word in a document, words independent; nats per document and word.</summary>
    /// <param name="documents">Token ids of each document.</param>
    public double PresenceCrossEntropy(IReadOnlyList<int[]> documents)
    {
        ArgumentNullException.ThrowIfNull(documents);
        double Loss(int[] document)
        {
            var there = document.ToHashSet();
            return Presence.Select((share, word) => there.Contains(word) ? -Math.Log(share) : -Math.Log(1 - share)).Sum();
        }

        return documents.Sum(Loss) / documents.Count / Presence.Count;
    }

    /// <summary>Gives the output of an autoencoder of presences the bias that predicts <see cref="Presence"/>.</summary>
    /// <param name="model">An autoencoder without a hidden layer in its decoder.</param>
    public void Initialise(DenseAutoencoder model) => SetBias(model, "decoder.0.bias", Presence.Select(p => Math.Log(p / (1 - p))));

    /// <summary>Gives the output of a VAE of bags of words the bias that predicts <see cref="LogFrequencies"/>.</summary>
    /// <param name="model">The model.</param>
    public void Initialise(BagOfWordsVae model) => SetBias(model, "output.bias", LogFrequencies);

    private static void SetBias(nn.Module model, string name, IEnumerable<double> values)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var _ = no_grad();
        using var bias = tensor(values.Select(value => (float)value).ToArray());
        model.state_dict()[name].copy_(bias);
    }
}
