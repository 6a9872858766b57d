using Research.TextVae.Support;

namespace Research.TextVae.Evaluation;

/// <summary>Places of the right answers in a system's order of all possible answers, as reverse dictionaries and question answering are
/// judged (Hill et al. 2016, section 3.3).</summary>
/// <param name="Ranks">The rank of each question's right answer, from 1.</param>
public sealed record RankedAnswers(IReadOnlyList<double> Ranks)
{
    /// <summary>The rank in the middle, of an even number of ranks the mean of both.</summary>
    public double Median => Statistics.Median(Ranks);

    /// <summary>The share of questions whose right answer is among the first.</summary>
    /// <param name="first">How many answers count.</param>
    public double Accuracy(int first)
    {
        Require.AtLeast(1, Ranks.Count, "The number of questions");
        return Ranks.Count(rank => rank <= first) / (double)Ranks.Count;
    }

    /// <summary>The rank of the best of the right answers among all: 1 for the highest score. Answers of one score share the mean of their
    /// places, so that a system that tells nothing apart gains nothing.</summary>
    /// <param name="scores">The score of each possible answer.</param>
    /// <param name="right">Which of them are right; at least one.</param>
    public static double Rank(IReadOnlyList<double> scores, IEnumerable<int> right)
    {
        ArgumentNullException.ThrowIfNull(scores);
        var best = right.Max(answer => scores[answer]);
        return 1 + scores.Count(score => score > best) + (scores.Count(score => score == best) - 1) / 2.0;
    }
}
