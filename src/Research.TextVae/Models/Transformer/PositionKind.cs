using System.Text.Json.Serialization;

namespace Research.TextVae.Models;

/// <summary>How a Transformer tells places in a text apart.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PositionKind>))]
public enum PositionKind
{
    /// <summary>Fixed waves of geometrically growing length, for texts of any length (Vaswani et al. 2017, section 3.5).</summary>
    Sinusoidal,

    /// <summary>A trained vector a place, up to <see cref="TransformerShape.MaxPositions"/> (Radford et al. 2018).</summary>
    Learned,
}
