using Research.TextVae.Models;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;
using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>
/// What a VAE generates on the straight line between the posterior means of two sentences (Bowman et al. 2016, section 4.2).
/// </summary>
/// <param name="From">The sentence at the beginning, as it was written.</param>
/// <param name="Generated">What is generated from the points of the line, both ends included.</param>
/// <param name="To">The sentence at the end, as it was written.</param>
public sealed record LatentWalk(string From, IReadOnlyList<string> Generated, string To)
{
    /// <summary>All texts in their order.</summary>
    public IReadOnlyList<string> Texts => [From, .. Generated, To];

    /// <summary>Walks from the first sentence to the second, from the third to the fourth, and so on.</summary>
    /// <param name="model">The model; dropout is off.</param>
    /// <param name="sentences">An even number of sentences.</param>
    /// <param name="tokenizer">Turns token ids into texts.</param>
    /// <param name="steps">Points of a line, at least two.</param>
    /// <param name="options">How tokens are chosen.</param>
    public static IReadOnlyList<LatentWalk> Between(
        TextVaeModel model, EncodedSentences sentences, Tokenizer tokenizer, int steps, GenerationOptions options)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        ArgumentNullException.ThrowIfNull(tokenizer);
        using var scope = NewDisposeScope();
        var codes = model.EncodeMeans(sentences);
        LatentWalk From(int i)
        {
            var texts = model.Generate(Latent.Interpolate(codes[i], codes[i + 1], steps), options);
            return new LatentWalk(sentences.Source(i).Text, [.. texts.Select(ids => tokenizer.Decode(ids))], sentences.Source(i + 1).Text);
        }

        return [.. Enumerable.Range(0, sentences.Count / 2).Select(pair => From(2 * pair))];
    }
}
