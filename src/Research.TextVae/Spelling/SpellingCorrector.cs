using Research.TextVae.Models.NGram;
using Research.TextVae.Support;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Spelling;

/// <summary>
/// Spelling correction by Bayes' rule: of all sentences that the channel can have turned into what is observed, the one most probable
/// under a language model and the channel together (Kernighan, Church and Gale 1990). The search keeps a beam of beginnings.
/// </summary>
/// <param name="model">The language model; a model of order 1 has word frequencies only.</param>
/// <param name="vocabulary">Its words.</param>
/// <param name="channel">How words are misspelt.</param>
/// <param name="beam">Beginnings kept after each word, and sentences given in the end.</param>
public sealed class SpellingCorrector(NGramModel model, Vocabulary vocabulary, TypoChannel channel, int beam = 32)
{
    private readonly Dictionary<string, (int Id, double LogChannel)[]> _candidates = [];
    private readonly int _beam = Require.AtLeast(1, beam, "The beam");

    /// <summary>The sentences that may have been meant, the most probable first.</summary>
    /// <param name="observed">Words as they are written. One that is far from every known word is left as it is, as
    /// <c>&lt;unk&gt;</c>.</param>
    // argmax_w log p(w) + Σ_t log p(o_t | w_t)
    public IReadOnlyList<Correction> Correct(IReadOnlyList<string> observed)
    {
        ArgumentNullException.ThrowIfNull(observed);
        List<Beginning> beginnings = [new(null, default, model.Start, 0, 0)];
        foreach (var word in observed)
        {
            var candidates = Candidates(word);
            beginnings =
            [
                .. beginnings.SelectMany(beginning => candidates.Select(candidate => beginning.With(candidate, model)))
                    .OrderByDescending(beginning => beginning.LogPrior + beginning.LogChannel).Take(_beam),
            ];
        }

        return
        [
            .. beginnings
                .Select(
                    beginning => new Correction(beginning.Ids(observed.Count),
                        beginning.LogPrior + model.LogProbability(beginning.State, Vocabulary.EosId, out _), beginning.LogChannel))
                .OrderByDescending(correction => correction.Score),
        ];
    }

    private (int Id, double LogChannel)[] Candidates(string observed)
    {
        if (_candidates.TryGetValue(observed, out var known))
            return known;
        (int Id, double LogChannel)[] candidates =
        [
            .. from source in TypoChannel.Sources(observed).Distinct()
               where vocabulary.Contains(source)
               let logChannel = channel.LogProbability(observed, source)
               where double.IsFinite(logChannel)
               select (vocabulary.IdOf(source), logChannel),
        ];
        return _candidates[observed] = candidates.Length > 0 ? candidates : [(Vocabulary.UnkId, 0)];
    }

    private sealed record Beginning(Beginning? Before, int Id, NGramState State, double LogPrior, double LogChannel)
    {
        public Beginning With((int Id, double LogChannel) word, NGramModel model)
        {
            var prior = model.LogProbability(State, word.Id, out var next);
            return new(this, word.Id, next, LogPrior + prior, LogChannel + word.LogChannel);
        }

        public int[] Ids(int count)
        {
            var ids = new int[count];
            var at = this;
            for (var i = count - 1; i >= 0; i--, at = at.Before!)
                ids[i] = at.Id;
            return ids;
        }
    }
}

/// <summary>A sentence that may have been meant.</summary>
/// <param name="Ids">Its words.</param>
/// <param name="LogPrior">log p(words) by the language model, <c>&lt;/s&gt;</c> included, in nats.</param>
/// <param name="LogChannel">log p(observed | words) of the channel, in nats.</param>
public sealed record Correction(IReadOnlyList<int> Ids, double LogPrior, double LogChannel)
{
    /// <summary>log p(words) + log p(observed | words), up to a constant the log probability of the words given what is observed.</summary>
    public double Score => LogPrior + LogChannel;

    /// <summary>The words; where one is not known, the word stays as it was written.</summary>
    /// <param name="vocabulary">The vocabulary of the ids.</param>
    /// <param name="observed">The words as they were written.</param>
    public string[] Words(Vocabulary vocabulary, IReadOnlyList<string> observed)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentNullException.ThrowIfNull(observed);
        return [.. Ids.Select((id, i) => id == Vocabulary.UnkId ? observed[i] : vocabulary[id])];
    }
}
