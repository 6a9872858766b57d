using System.Globalization;
using Research.TextVae.Models;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>A latent dimension of a VAE of bags of words as a topic (Miao et al. 2016, section 5.3).</summary>
/// <param name="Kl">KL(q(z|x) ‖ p(z)) of the dimension, the mean over documents, in nats.</param>
/// <param name="More">Words that a step along the dimension makes more probable than the centre of the prior does.</param>
/// <param name="Less">Words that it makes less probable.</param>
public sealed record Topic(double Kl, IReadOnlyList<string> More, IReadOnlyList<string> Less)
{
    /// <summary>The KL and the two lists of words as texts.</summary>
    public IReadOnlyList<string> ToRow() =>
        [Kl.ToString("0.00", CultureInfo.InvariantCulture), string.Join(", ", More), string.Join(", ", Less)];

    /// <summary>The dimensions with the largest KL, the largest first.</summary>
    /// <param name="model">The model.</param>
    /// <param name="documents">The documents that the KL is the mean over.</param>
    /// <param name="vocabulary">The words.</param>
    /// <param name="first">The first token that is in documents; those before it have no place among topics.</param>
    /// <param name="count">How many dimensions, at most.</param>
    /// <param name="words">Words of each list.</param>
    public static IReadOnlyList<Topic> Of(
        BagOfWordsVae model, IDataset<BagOfWords> documents, Vocabulary vocabulary, int first, int count = 8, int words = 10)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(vocabulary);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var mode = new EvaluationMode(model);
        var kl = model.Encode(documents.ToBatch(model.Device)).KlFromPrior().mean([0L]).cpu().data<float>().ToArray();
        var steps = model.Logits(eye(model.LatentSize, device: model.Device));
        var logits = (steps - model.Logits(zeros(1, model.LatentSize, device: model.Device))).cpu(); // [latent, vocabulary]
        logits.narrow(1, 0, first).zero_();
        string[] Largest(Tensor of) => [.. of.topk(words).indexes.data<long>().ToArray().Select(id => vocabulary[(int)id])];
        var dimensions = Enumerable.Range(0, kl.Length).OrderByDescending(d => kl[d]).Take(count);
        return [.. dimensions.Select(d => new Topic(kl[d], Largest(logits[d]), Largest(-logits[d])))];
    }
}
