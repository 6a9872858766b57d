namespace Research.TextVae.Evaluation;

/// <summary>How often texts that are to be of a class are judged to be of it.</summary>
/// <param name="PerClass">Share of the texts of each class; not a number where it has none.</param>
public sealed record ClassAccuracy(IReadOnlyList<double> PerClass)
{
    /// <summary>The mean over the classes that have texts.</summary>
    public double Mean => PerClass.Where(double.IsFinite).Average();

    /// <summary>Judges the texts of each class.</summary>
    /// <param name="judge">The classifier.</param>
    /// <param name="texts">Token ids of the texts of each class.</param>
    public static ClassAccuracy Evaluate(LabelClassifier judge, IReadOnlyList<IReadOnlyList<int[]>> texts)
    {
        ArgumentNullException.ThrowIfNull(judge);
        ArgumentNullException.ThrowIfNull(texts);
        double Accuracy(IReadOnlyList<int[]> of, int label) =>
            of.Count == 0 ? double.NaN : judge.Predict(of).Average(predicted => predicted == label ? 1.0 : 0);
        return new ClassAccuracy([.. texts.Select(Accuracy)]);
    }
}
