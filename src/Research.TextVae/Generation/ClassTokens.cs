using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Text;

namespace Research.TextVae.Generation;

/// <summary>
/// Classes as the first token of a text, which make any language model one of p(x | c), without a latent code (control codes, Keskar et al.
/// 2019). Class c is the token after the vocabulary's last, plus c.
/// </summary>
public static class ClassTokens
{
    /// <summary>The sentences with their class before them.</summary>
    /// <param name="sentences">Sentences with classes.</param>
    /// <param name="vocabulary">Tokens in the vocabulary without the classes; the model has as many more as there are classes.</param>
    /// <exception cref="UserException">The sentences have no classes.</exception>
    public static EncodedSentences WithClassTokens(this EncodedSentences sentences, int vocabulary)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        var classes = sentences.Classes ?? throw new UserException("the sentences have no classes; give the set classes with WithClasses.");
        int[][] ids = [.. sentences.Select((sentence, i) => (int[])[vocabulary + classes[i], .. sentence])];
        return new EncodedSentences(ids, [.. Enumerable.Range(0, sentences.Count).Select(sentences.Source)]);
    }

    /// <summary>Generates texts of one class.</summary>
    /// <param name="model">A language model of sentences with class tokens; its training mode is restored.</param>
    /// <param name="vocabulary">Tokens in the vocabulary without the classes.</param>
    /// <param name="label">The class, from 0.</param>
    /// <param name="count">Number of texts.</param>
    /// <param name="options">How tokens are chosen.</param>
    /// <param name="seed">Seed of the tokens.</param>
    /// <returns>Token ids of each text, without its class.</returns>
    public static IReadOnlyList<int[]> GenerateClass(
        this LanguageModel model, int vocabulary, int label, int count, GenerationOptions options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        int[][] prefixes = [.. Enumerable.Range(0, count).Select(_ => new[] { vocabulary + label })];
        var texts = Prompt.From(model, prefixes).Generate(options, StableRandom.Derive(seed, (ulong)label));
        return [.. texts.Select(ids => ids.Where(id => id < vocabulary).ToArray())];
    }
}
