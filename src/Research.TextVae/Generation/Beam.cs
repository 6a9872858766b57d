using Research.TextVae.Text;

namespace Research.TextVae.Generation;

/// <summary>The search for one text: what is still growing and what has ended.</summary>
internal sealed class Beam(BeamOptions beam, GenerationOptions options)
{
    private readonly List<Hypothesis> ended = [];

    /// <summary>Texts that grow, the likeliest first, each with its log-probability.</summary>
    public IReadOnlyList<(int[] Tokens, double LogProbability)> Growing { get; private set; } = [([], 0)];

    /// <summary>The results so far, filled up with texts that have not ended.</summary>
    public IReadOnlyList<Hypothesis> Results =>
    [
        .. Best(ended).Concat(Best(Growing.Select(text => Scored(text.Tokens, text.LogProbability, text.Tokens.Length, ends: false)))).Take(beam.Results),
    ];

    // No text that grows can become better than if it took the greatest length at no further cost.
    private bool Done =>
        Growing.Count == 0
        || (ended.Count >= beam.Results && Best(ended).Last().Score >= Growing[0].LogProbability / beam.Penalty(options.MaxTokens));

    /// <summary>Lets every growing text grow by a token.</summary>
    /// <param name="candidates">The likeliest next tokens of each growing text, at least twice the width where there are as many.</param>
    /// <returns>Which of the growing texts each of the new ones continues; nothing when the search is done.</returns>
    public IReadOnlyList<int> Grow(IEnumerable<(int Parent, int Token, double LogProbability)> candidates)
    {
        // A text can end in one way only, so that of twice the width at least the width goes on.
        var best = candidates.Where(next => !double.IsNegativeInfinity(next.LogProbability))
            .Select(next => next with { LogProbability = Growing[next.Parent].LogProbability + next.LogProbability })
            .OrderByDescending(next => next.LogProbability).ThenBy(next => next.Parent).ThenBy(next => next.Token)
            .Take(2 * beam.Width).ToArray();
        var growing = new List<(int[], double)>();
        var parents = new List<int>();
        for (var rank = 0; rank < best.Length && growing.Count < beam.Width; rank++)
        {
            var (parent, token, logProbability) = best[rank];
            var before = Growing[parent].Tokens;
            int[] tokens = token == Vocabulary.EosId ? before : [.. before, token];
            if (token != Vocabulary.EosId && options.Stop?.Reached(tokens) != true)
            {
                growing.Add((tokens, logProbability));
                parents.Add(parent);
            }
            else if (rank < beam.Width)
            {
                ended.Add(Scored(tokens, logProbability, before.Length + 1, ends: true));
            }
        }

        Growing = growing;
        return Done ? [] : parents;
    }

    private IEnumerable<Hypothesis> Best(IEnumerable<Hypothesis> hypotheses) => hypotheses.OrderByDescending(text => text.Score).Take(beam.Results);

    private Hypothesis Scored(int[] tokens, double logProbability, int length, bool ends) =>
        new(tokens, logProbability, logProbability / beam.Penalty(length), ends);
}
