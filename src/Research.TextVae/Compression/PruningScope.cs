using System.Text.Json.Serialization;

namespace Research.TextVae.Compression;

/// <summary>What weights are compared with when the smallest are pruned.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PruningScope>))]
public enum PruningScope
{
    /// <summary>All others: layers of small weights lose more.</summary>
    Global,

    /// <summary>Those of the same matrix: every matrix loses the same share.</summary>
    PerLayer,

    /// <summary>Those of the same row of a matrix: every word of a table and every unit of a layer loses the same share.</summary>
    PerRow,
}
