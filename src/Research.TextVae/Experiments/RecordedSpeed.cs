using System.Globalization;
using Research.TextVae.Evaluation;
using Research.TextVae.Kernels;
using Research.TextVae.Models;

namespace Research.TextVae.Experiments;

/// <summary>The <see cref="DecodingSpeed"/> of language models among the results of a variant.</summary>
public static class RecordedSpeed
{
    /// <summary>Tokens per second of texts that are generated side by side.</summary>
    /// <param name="texts">How many.</param>
    public static Metric Speed(int texts) =>
        new(string.Create(CultureInfo.InvariantCulture, $"tok/s, {texts} {(texts == 1 ? "text" : "texts")}"), "#,0");

    /// <summary>The same by that of the float32 model, measured in turn.</summary>
    /// <param name="texts">How many.</param>
    public static Metric Factor(int texts) =>
        new(texts == 1 ? "× float32" : string.Create(CultureInfo.InvariantCulture, $"× float32, {texts}"), "0.0");

    /// <summary>Measures how fast a model generates texts side by side and records both metrics.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="model">The model.</param>
    /// <param name="precision">What its matrix products are computed in.</param>
    /// <param name="reference">The float32 model.</param>
    /// <param name="texts">Texts that are generated side by side.</param>
    /// <param name="tokens">Tokens of each text.</param>
    /// <param name="rounds">Rounds of which the median is taken.</param>
    public static void RecordSpeed(
        this Variant variant, LanguageModel model, Precision precision, LanguageModel reference, int texts, int tokens, int rounds)
    {
        ArgumentNullException.ThrowIfNull(variant);
        void Progress(int round) => variant.Progress("decoding speed, round", round, rounds + 1);
        var speed = DecodingSpeed.Compare(model, precision, reference, texts, tokens, rounds, Progress);
        variant.Record(Speed(texts), speed.TokensPerSecond);
        variant.Record(Factor(texts), speed.Factor);
    }
}
