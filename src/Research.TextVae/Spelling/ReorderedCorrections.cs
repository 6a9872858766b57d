using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Text;

namespace Research.TextVae.Spelling;

/// <summary>
/// Corrections judged by another language model than the one that proposed them: an n-gram model proposes, a neural one decides.
/// </summary>
public static class ReorderedCorrections
{
    /// <summary>The most probable of some corrections under a language model and the channel together.</summary>
    /// <param name="proposals">Corrections of one sentence, at least one; their own log p(words) does not count.</param>
    /// <param name="model">The language model; its training mode is restored.</param>
    // argmax_w log p_model(w) + log p(observed | w)
    public static Correction Best(IReadOnlyList<Correction> proposals, LanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(proposals);
        var sentences = new EncodedSentences(
            [.. proposals.Select(proposal => proposal.Ids.ToArray())], [.. proposals.Select(_ => new Sentence("", "", ""))]);
        var nll = Likelihood.Evaluate(model, sentences).PerSentence;
        return proposals[Enumerable.Range(0, proposals.Count).MaxBy(i => proposals[i].LogChannel - nll[i])];
    }
}
