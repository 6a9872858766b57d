using Research.TextVae.Evaluation;
using Research.TextVae.Reports;

namespace Research.TextVae.Experiments;

/// <summary>Records how high a system places right answers.</summary>
public static class RecordedAnswers
{
    /// <summary>The share of questions whose right answer comes first.</summary>
    public static Metric First { get; } = new("accuracy at 1", "0.0%", Best.Highest);

    /// <summary>The share whose right answer is among the first ten.</summary>
    public static Metric Ten { get; } = new("at 10", "0.0%", Best.Highest);

    /// <summary>The share whose right answer is among the first hundred.</summary>
    public static Metric Hundred { get; } = new("at 100", "0.0%", Best.Highest);

    /// <summary>The median rank.</summary>
    public static Metric MedianRank { get; } = new("median rank", "#,0.#", Best.Lowest);

    /// <summary>Records the metrics, and as the series "accuracy" the share of questions by the number of answers that count.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="answers">The ranks.</param>
    public static void Record(this Variant variant, RankedAnswers answers)
    {
        ArgumentNullException.ThrowIfNull(variant);
        ArgumentNullException.ThrowIfNull(answers);
        variant.Record(
            (First, answers.Accuracy(1)), (Ten, answers.Accuracy(10)), (Hundred, answers.Accuracy(100)), (MedianRank, answers.Median));
        int[] counts = [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000];
        variant.Record("accuracy", counts.Select(count => (double)count), counts.Select(answers.Accuracy));
    }
}
