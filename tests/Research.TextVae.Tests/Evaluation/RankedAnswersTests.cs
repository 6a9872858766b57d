using Research.TextVae.Evaluation;

namespace Research.TextVae.Tests.Evaluation;

public sealed class RankedAnswersTests
{
    [Fact]
    public void The_best_right_answer_counts_and_equal_scores_share_their_places()
    {
        double[] scores = [0.5, 2, 1, 0.5, 0.5, 3];
        Assert.Equal(1, RankedAnswers.Rank(scores, [5]));
        Assert.Equal(2, RankedAnswers.Rank(scores, [2, 1]));
        Assert.Equal(5, RankedAnswers.Rank(scores, [0]));
        Assert.Equal(3.5, RankedAnswers.Rank(new double[6], [4]));
    }

    [Fact]
    public void Accuracies_and_the_median_are_of_ranks()
    {
        var answers = new RankedAnswers([1, 11, 10, 1.5]);
        Assert.Equal([0.25, 0.75, 1], new[] { 1, 10, 11 }.Select(answers.Accuracy));
        Assert.Equal(5.75, answers.Median);
    }
}
