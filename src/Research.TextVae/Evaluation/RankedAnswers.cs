using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

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

    /// <summary>The probability of each possible answer as the first token that a model writes from each question, among these
    /// answers.</summary>
    /// <param name="model">The model; dropout is off.</param>
    /// <param name="questions">What is read.</param>
    /// <param name="answers">Token ids.</param>
    /// <returns>[questions][answers].</returns>
    public static IReadOnlyList<double[]> Scores(TransformerSeq2Seq model, EncodedSentences questions, IReadOnlyList<int> answers)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(questions);
        using var _ = no_grad();
        using var mode = new EvaluationMode(model);
        return [.. Enumerable.Range(0, questions.Count).Chunk(64).SelectMany(rows =>
        {
            HostInterruption.Check();
            using var scope = NewDisposeScope();
            var batch = questions.Batch(rows, model.Device);
            var start = full([batch.Size], (long)Vocabulary.BosId, ScalarType.Int64, device: model.Device);
            var (logits, _) = model.DecodeStep(start, model.StartDecoding(model.Encode(batch.Targets, batch.Lengths)));
            var among = tensor(answers.Select(answer => (long)answer).ToArray(), device: model.Device);
            return logits.index_select(1, among).softmax(1).to_type(ScalarType.Float64).unbind()
                .Select(row => row.cpu().data<double>().ToArray()).ToArray();
        })];
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
