using Research.TextVae.Models;
using Research.TextVae.Training;

namespace Research.TextVae.Experiments;

/// <summary>Word vectors that several variants of a study begin with: trained once for each seed, by the first variant that asks.</summary>
/// <param name="vocabulary">Tokens in the vocabulary, the markers included.</param>
/// <param name="width">Of the vectors.</param>
/// <param name="text">Gives the sentences to train on, when they are needed.</param>
/// <param name="validation">Sentences to choose the best vectors by.</param>
/// <param name="pairs">Which pairs of words are learned from.</param>
/// <param name="training">How they are trained.</param>
public sealed class PretrainedVectors(
    int vocabulary,
    int width,
    Func<IReadOnlyList<int[]>> text,
    IReadOnlyList<int[]> validation,
    SkipGramOptions pairs,
    TrainingOptions training)
{
    /// <summary>Name of the training among the curves of a variant.</summary>
    public const string Name = "vectors";

    private readonly Dictionary<ulong, WordVectors> _learned = [];
    private readonly Lazy<IReadOnlyList<int[]>> _text = new(text);

    /// <summary>The vectors of a variant's seed.</summary>
    /// <param name="variant">Trains them where no variant with this seed has.</param>
    public WordVectors For(Variant variant)
    {
        ArgumentNullException.ThrowIfNull(variant);
        if (_learned.TryGetValue(variant.Seed, out var known))
            return known;
        var model = variant.Build(() => new SkipGram(vocabulary, width));
        variant.Train(new SkipGramTask(model, _text.Value, validation, pairs), training, Name);
        return _learned[variant.Seed] = new WordVectors(model.Table, _text.Value);
    }
}
