using Research.TextVae.Tokenizers;

namespace Research.TextVae.Evaluation;

/// <summary>Whether texts that are to be of some classes are of them, and how varied they are: a model that writes the most typical text of
/// each class again and again is easily judged to be right.</summary>
/// <param name="Accuracy">How often texts of each class are judged to be of it.</param>
/// <param name="SelfBleu"><see cref="Evaluation.SelfBleu"/> of the texts of all classes together.</param>
/// <param name="Distinct1">Distinct-1 of the texts of all classes together.</param>
/// <param name="Distinct2">Distinct-2 of the texts of all classes together.</param>
/// <param name="Count">Number of texts; the measures of variety of equal numbers alone compare.</param>
public sealed record ControlledQuality(ClassAccuracy Accuracy, double SelfBleu, double Distinct1, double Distinct2, int Count)
{
    /// <summary>The standard error of the mean accuracy, each class having as many texts.</summary>
    public double StandardError => Math.Sqrt(Accuracy.Mean * (1 - Accuracy.Mean) / Count);

    /// <param name="judge">A classifier of real texts.</param>
    /// <param name="texts">The texts of each class, as they are written; what tokens they were made of does not matter.</param>
    public static ControlledQuality Evaluate(NGramClassifier judge, IReadOnlyList<IReadOnlyList<string>> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        string[] all = [.. texts.SelectMany(of => of)];
        var words = WordTokenizer.Train(all, new WordTokenizerOptions { MaxVocabulary = int.MaxValue });
        int[][] ids = [.. all.Select(text => words.EncodeToIds(text).ToArray())];
        return new ControlledQuality(
            ClassAccuracy.Evaluate(judge, texts), Evaluation.SelfBleu.Compute(ids), DistinctN.Compute(ids, 1), DistinctN.Compute(ids, 2),
            all.Length);
    }
}
