using Research.TextVae.Charts;
using Research.TextVae.Evaluation;

namespace Research.TextVae.Experiments;

/// <summary>The quality of an autoencoder of pictures among the results of a variant, and sheets of its pictures.</summary>
public static class RecordedPictures
{
    /// <summary>Name of codes drawn from N(0, I), and of the pictures decoded from them.</summary>
    public const string Prior = "N(0, I)";

    /// <summary>Name of codes drawn with the mean and spread of those of the training pictures.</summary>
    public const string Fitted = "fitted";

    /// <summary>Name of the series of real pictures.</summary>
    public const string Real = "real";

    /// <summary>Name of the series of reconstructed pictures.</summary>
    public const string Reconstructed = "reconstructed";

    /// <summary>Mean squared error per pixel of unseen pictures.</summary>
    public static Metric SquaredError { get; } = new("MSE", "0.0000", Reports.Best.Lowest);

    /// <summary>Mean squared error per pixel of the training pictures.</summary>
    public static Metric TrainingSquaredError { get; } = new("MSE, train", "0.0000");

    /// <summary>Cross-entropy in nats per element.</summary>
    public static Metric CrossEntropy { get; } = new("cross-entropy", "0.0000", Reports.Best.Lowest);

    /// <summary>Share of decoded pictures that lie where real ones do.</summary>
    /// <param name="codes">Which codes they are decoded from.</param>
    public static Metric Precision(string codes) => new($"precision, {codes}", "0%");

    /// <summary>Share of real pictures that lie where decoded ones do.</summary>
    /// <param name="codes">Which codes they are decoded from.</param>
    public static Metric Recall(string codes) => new($"recall, {codes}", "0%");

    /// <summary>The harmonic mean of precision and recall.</summary>
    /// <param name="codes">Which codes they are decoded from.</param>
    public static Metric F(string codes) => new($"F, {codes}");

    /// <summary>The metrics that a table shows.</summary>
    public static IReadOnlyList<Metric> Metrics =>
        [SquaredError, TrainingSquaredError, CrossEntropy, Precision(Prior), Recall(Prior), Precision(Fitted), Recall(Fitted)];

    /// <summary>Name of the series of pictures decoded from random codes.</summary>
    /// <param name="codes">Which codes.</param>
    public static string Decoded(string codes) => $"decoded, {codes}";

    /// <summary>Records all metrics, and some pictures.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="quality">The quality of its model.</param>
    public static void Record(this Variant variant, PictureQuality quality)
    {
        ArgumentNullException.ThrowIfNull(variant);
        ArgumentNullException.ThrowIfNull(quality);
        variant.Record(SquaredError, quality.SquaredError);
        variant.Record(TrainingSquaredError, quality.TrainingSquaredError);
        if (quality.CrossEntropy is { } loss)
            variant.Record(CrossEntropy, loss);
        variant.RecordPictures(Reconstructed, quality.Reconstructed);
        Record(variant, Prior, quality.Prior);
        Record(variant, Fitted, quality.Fitted);
    }

    /// <summary>Records the pixels of pictures, one after the other.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="name">Name of the series.</param>
    /// <param name="pictures">The pixels of each picture.</param>
    public static void RecordPictures(this Variant variant, string name, IEnumerable<float[]> pictures)
    {
        ArgumentNullException.ThrowIfNull(variant);
        double[] pixels = [.. pictures.SelectMany(picture => picture).Select(ink => (double)ink)];
        variant.Record(name, Enumerable.Range(0, pixels.Length).Select(i => (double)i), pixels);
    }

    /// <summary>Recorded pictures as a figure.</summary>
    /// <param name="row">The variant's results.</param>
    /// <param name="name">Name of the series.</param>
    /// <param name="side">Pixels of a side.</param>
    /// <param name="title">Title of the figure; the variant's name when absent.</param>
    public static Figure Pictures(this StudyRow row, string name, int side, string? title = null)
    {
        ArgumentNullException.ThrowIfNull(row);
        return PictureSheet.Of(title ?? row.Name, row.Curve(name).Y, side);
    }

    /// <summary>Recorded pictures of several variants, two in a row.</summary>
    /// <param name="results">The results.</param>
    /// <param name="name">Name of the series.</param>
    /// <param name="side">Pixels of a side.</param>
    /// <param name="variants">The variants.</param>
    /// <param name="real">A variant that has recorded <see cref="Real"/> pictures, which come first; none when absent.</param>
    public static Figure Pictures(
        this StudyResults results, string name, int side, IEnumerable<string> variants, string? real = null)
    {
        ArgumentNullException.ThrowIfNull(results);
        var sheets = variants.Select(variant => results[variant].Pictures(name, side));
        return Figure.Grid(2, [.. real is null ? [] : new[] { results[real].Pictures(Real, side, Real) }, .. sheets]);
    }

    private static void Record(Variant variant, string codes, DecodedPictures decoded)
    {
        variant.Record(Precision(codes), decoded.Quality.Precision);
        variant.Record(Recall(codes), decoded.Quality.Recall);
        variant.Record(F(codes), decoded.Quality.F);
        variant.RecordPictures(Decoded(codes), decoded.Pictures);
    }
}
