using Research.TextVae.Training;

namespace Research.TextVae.Experiments;

/// <summary>A member's <c>metrics.jsonl</c>; passes on to the console what it stores.</summary>
internal sealed class MetricsLog(string path, RunConsole console, Action<TrainingProgress>? stepped = null) : ITrainingObserver
{
    /// <summary>All records. A step repeated after a resume counts once, as last written.</summary>
    public IReadOnlyList<MetricsRecord> Records =>
    [
        .. JsonLines.Read<MetricsRecord>(path)
            .GroupBy(record => (record.GetType(), record.Step))
            .Select(repeated => repeated.Last())
            .OrderBy(record => record.Step),
    ];

    public void Append(MetricsRecord record) => JsonLines.Append(path, record);

    public void Stepped(TrainingProgress progress)
    {
        console.Stepped(progress);
        stepped?.Invoke(progress);
    }

    public void Logged(TrainRecord record) => Append(record);

    public void Noticed(string message) => console.Note(message);

    public void Validated(EpochRecord record)
    {
        Append(record);
        console.Validated(record);
    }
}
