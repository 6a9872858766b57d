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
        return Evaluate(judge.Predict, texts);
    }

    /// <summary>Judges the texts of each class.</summary>
    /// <param name="judge">The classifier.</param>
    /// <param name="texts">The texts of each class, as they are written.</param>
    public static ClassAccuracy Evaluate(NGramClassifier judge, IReadOnlyList<IReadOnlyList<string>> texts)
    {
        ArgumentNullException.ThrowIfNull(judge);
        return Evaluate(of => [.. of.Select(judge.Predict)], texts);
    }

    private static ClassAccuracy Evaluate<T>(Func<IReadOnlyList<T>, int[]> predict, IReadOnlyList<IReadOnlyList<T>> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        double Accuracy(IReadOnlyList<T> of, int label) =>
            of.Count == 0 ? double.NaN : predict(of).Average(predicted => predicted == label ? 1.0 : 0);
        return new ClassAccuracy([.. texts.Select(Accuracy)]);
    }
}
