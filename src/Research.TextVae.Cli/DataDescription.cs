using System.Globalization;
using Research.TextVae.Datasets;
using Research.TextVae.Text;

namespace Research.TextVae.Cli;

/// <summary>What <c>textvae data show</c> writes.</summary>
internal static class DataDescription
{
    private const int Samples = 10, LabelsShown = 12, Bins = 12, BarWidth = 40;

    public static void Write(string nameOrPath, TextOptions options)
    {
        var corpus = Corpus.Load(nameOrPath, options.Corpus);
        var data = TextData.Prepare(corpus, options);
        Output.Line($"{corpus.Name}: {corpus.Title}");
        if (DatasetCatalog.Find(nameOrPath) is { } manifest)
            Output.Line(manifest.Description + Environment.NewLine + manifest.Attribution);
        Output.Line($"Licence: {corpus.Licence}");
        Output.Line();
        WriteLabels(corpus);
        Output.Line();
        WriteLengths(corpus, data);
        Output.Line();
        WriteSplit(data);
        Output.Line();
        WriteSamples(corpus);
    }

    private static void WriteLabels(Corpus corpus)
    {
        var table = Output.Table("label", ">documents", ">sentences");
        var labels = corpus.Documents.GroupBy(document => document.Label).ToList();
        foreach (var label in labels.Take(LabelsShown))
            table.Row(label.Key, Number(label.Count()), Number(label.Sum(document => document.Sentences.Count)));
        if (labels.Count > LabelsShown)
            table.Row($"… {labels.Count - LabelsShown} more", "", "");
        table.Row("all", Number(corpus.Documents.Count), Number(corpus.Documents.Sum(document => document.Sentences.Count)));
        Output.Write(table);
    }

    private static void WriteLengths(Corpus corpus, TextData data)
    {
        var lengths = corpus.Sentences.Select(sentence => data.Tokenizer.CountTokens(sentence.Text)).Order().ToArray();
        // The bins reach the 98th percentile; the last one takes the rest.
        var width = Math.Max(1, (int)Math.Ceiling((lengths[(int)(0.98 * (lengths.Length - 1))] + 1) / (double)Bins));
        var counts = new int[Bins];
        foreach (var length in lengths)
            counts[Math.Min(Bins - 1, length / width)]++;
        Output.Line(string.Create(CultureInfo.InvariantCulture,
            $"Tokens per sentence: median {lengths[lengths.Length / 2]}, mean {lengths.Average():0.0}, longest {lengths[^1]}"));
        for (var bin = 0; bin < Bins; bin++)
        {
            var range = bin == Bins - 1 ? $"{bin * width}+" : $"{bin * width}–{((bin + 1) * width) - 1}";
            var bar = new string('█', (int)Math.Round((double)BarWidth * counts[bin] / counts.Max()));
            Output.Line($"{range,9}  {bar.PadRight(BarWidth)} {Number(counts[bin])}");
        }
    }

    private static void WriteSplit(TextData data)
    {
        var (options, split) = (data.Options, data.Split);
        var table = Output.Table("part", ">documents", ">sentences", ">tokens", ">unknown");
        table.Row(
            "train", Number(split.TrainDocuments), Number(data.Train.Count), Number(data.Train.Tokens), Percent(data.Train.UnknownRate));
        table.Row("validation", Number(split.ValidationDocuments), Number(data.Validation.Count), Number(data.Validation.Tokens),
            Percent(data.Validation.UnknownRate));
        table.Row("test", Number(split.TestDocuments), Number(data.Test.Count), Number(data.Test.Tokens), Percent(data.Test.UnknownRate));
        Output.Write(table);
        Output.Line($"Vocabulary: {Number(data.Tokenizer.Vocabulary.Count)} of at most {Number(options.MaxVocabulary)}.");
        Output.Line(
            $"Left out: {Number(split.TooShort)} of fewer than {options.MinTokens} tokens, {Number(split.TooLong)} of more than "
                + $"{options.MaxTokens}; "
            + $"{Number(split.LeakedValidation)} validation and {Number(split.LeakedTest)} test sentences that stand word for word in "
            + "another part.");
    }

    private static void WriteSamples(Corpus corpus)
    {
        var sentences = corpus.Sentences.ToList();
        Output.Line($"{Math.Min(Samples, sentences.Count)} sentences, evenly spaced:");
        for (var i = 0; i < Math.Min(Samples, sentences.Count); i++)
        {
            var sentence = sentences[(int)((i + 0.5) * sentences.Count / Samples)];
            Output.Line($"  [{sentence.Document}] {sentence.Text}");
        }
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(double share) => share.ToString("P1", CultureInfo.InvariantCulture);
}
