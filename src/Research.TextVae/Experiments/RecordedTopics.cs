using Research.TextVae.Evaluation;

namespace Research.TextVae.Experiments;

/// <summary>Topics among the texts of a variant.</summary>
public static class RecordedTopics
{
    /// <summary>Caption of the table.</summary>
    public const string Caption = "Topics";

    /// <summary>Records topics as a table, a row per topic.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="topics">The topics.</param>
    public static void Record(this Variant variant, IEnumerable<Topic> topics)
    {
        ArgumentNullException.ThrowIfNull(variant);
        variant.Record(Caption, ["KL (nats)", "more", "less"], topics.Select(topic => topic.ToRow()));
    }
}
