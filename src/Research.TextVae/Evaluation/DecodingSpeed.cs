using System.Diagnostics;
using Research.TextVae.Kernels;
using Research.TextVae.Models;
using Research.TextVae.Models.Layers;
using Research.TextVae.Support;
using Research.TextVae.Tokenizers;
using static TorchSharp.torch;

namespace Research.TextVae.Evaluation;

/// <summary>How fast a language model generates, alone and beside another one on the same machine.</summary>
/// <param name="TokensPerSecond">Tokens per second of all texts together, the median over rounds.</param>
/// <param name="Factor">The same divided by the other model's in the same round, the median over rounds.</param>
public sealed record DecodingSpeed(double TokensPerSecond, double Factor)
{
    /// <summary>
    /// Lets two models generate in turn, so that both see the same machine, and compares them. A first round, which is not counted, warms
    /// up.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="precision">What its matrix products are computed in.</param>
    /// <param name="reference">The model that it is compared with, in float32.</param>
    /// <param name="texts">Texts that are generated side by side.</param>
    /// <param name="tokens">Tokens of each text.</param>
    /// <param name="rounds">Rounds that count.</param>
    /// <param name="progress">Called before each round with its number, from 0.</param>
    public static DecodingSpeed Compare(
        LanguageModel model,
        Precision precision,
        LanguageModel reference,
        int texts,
        int tokens,
        int rounds,
        Action<int>? progress = null)
    {
        Require.AtLeast(1, rounds);
        var speeds = new List<(double Reference, double Own)>();
        for (var round = 0; round <= rounds; round++)
        {
            progress?.Invoke(round);
            speeds.Add((Measure(reference, Precision.Float32, texts, tokens), Measure(model, precision, texts, tokens)));
        }

        var counted = speeds.Skip(1).ToArray();
        return new DecodingSpeed(
            Statistics.Median([.. counted.Select(speed => speed.Own)]),
            Statistics.Median([.. counted.Select(speed => speed.Own / speed.Reference)]));
    }

    /// <summary>Tokens per second of texts side by side: the likeliest next token each time, without end.</summary>
    /// <param name="model">The model.</param>
    /// <param name="precision">What its matrix products are computed in.</param>
    /// <param name="texts">Texts that are generated side by side.</param>
    /// <param name="tokens">Tokens of each text.</param>
    public static double Measure(LanguageModel model, Precision precision, int texts, int tokens)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var mode = model.Use(precision);
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var session = model.StartSession(model.StartDecoding(texts));
        var next = full([texts], Vocabulary.BosId, dtype: ScalarType.Int64, device: model.Device);
        var started = Stopwatch.GetTimestamp();
        for (var step = 0; step < tokens; step++)
            next = session.Next(next).argmax(1);
        return (double)texts * tokens / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
