using System.Text.Json.Serialization;

namespace Research.TextVae.Training;

/// <summary>
/// Encoder steps until it has caught up with the decoder, before each step of the decoder (He et al. 2019, algorithm 1): collapse as a
/// lag of the encoder. It ends with the first epoch that does not raise the mutual information on the validation sentences.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AggressiveTraining
{
    /// <summary>Most encoder steps before a decoder step.</summary>
    public int MaxSteps { get; init => field = Require.AtLeast(1, value); } = 100;

    /// <summary>Encoder steps whose mean loss is compared with that of as many before; they end when it has not fallen.</summary>
    public int CheckEvery { get; init => field = Require.AtLeast(1, value); } = 15;
}
