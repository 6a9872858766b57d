using System.Text.Json.Serialization;

namespace Research.TextVae.Models;

/// <summary>How far a reconstruction y is from its original x, as a mean over the elements.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReconstructionLoss>))]
public enum ReconstructionLoss
{
    /// <summary>(x − y)².</summary>
    SquaredError,

    /// <summary>−x log y − (1 − x) log(1 − y) in nats, for x within [0, 1].</summary>
    CrossEntropy,
}
