using System.Text.Json.Serialization;

namespace Research.TextVae.Training;

/// <summary>One line of a run's <c>metrics.jsonl</c>. All losses are nats a sentence.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FallBackToBaseType)]
[JsonDerivedType(typeof(TrainRecord), "train")]
[JsonDerivedType(typeof(ValidationRecord), "validation")]
[JsonDerivedType(typeof(FinalRecord), "final")]
public abstract record MetricsRecord
{
    /// <summary>Optimizer steps made so far.</summary>
    public required long Step { get; init; }

    /// <summary>The epoch the step belongs to, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>When the line was written.</summary>
    public required DateTimeOffset Time { get; init; }
}
