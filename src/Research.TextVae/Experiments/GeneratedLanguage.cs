using Research.TextVae.Evaluation;
using Research.TextVae.Generation;
using Research.TextVae.Models.NGram;
using Research.TextVae.Synthetic;
using Research.TextVae.Text;

namespace Research.TextVae.Experiments;

/// <summary>A language that variants learn to generate, and how real and how varied their texts are.</summary>
/// <param name="Name">Comes before the names of its variants.</param>
/// <param name="Unreal">How unreal texts are: the metric that is lower for more real ones.</param>
/// <param name="Train">Sentences to train on.</param>
/// <param name="Validation">Sentences to choose the best weights by.</param>
/// <param name="Test">Sentences to evaluate on.</param>
/// <param name="Vocabulary">Number of tokens in the vocabulary, the special ones included.</param>
public sealed record GeneratedLanguage(
    string Name, Metric Unreal, EncodedSentences Train, EncodedSentences Validation, EncodedSentences Test, int Vocabulary)
{
    /// <summary>Mean −log p(x) of texts under the source, in nats per sentence.</summary>
    public static Metric OracleNll { get; } = new("oracle NLL");

    private Func<IReadOnlyList<int[]>, double> UnrealOf { get; init; } = _ => double.NaN;

    private GenerationOptions Options { get; init; } = new();

    /// <summary>The language of an oracle: texts are as real as they are probable under it.</summary>
    /// <param name="oracle">The oracle; its sentences have one length.</param>
    /// <param name="sentences">Sentences to train on.</param>
    /// <param name="heldOut">Sentences for validation, and as many for test.</param>
    /// <param name="seed">The three parts are drawn from the three odd seeds after it: seed + 1, seed + 3 and seed + 5.</param>
    /// <param name="grid">The points of the quadrature.</param>
    /// <param name="scored">Texts that the mean is taken over, from the first on.</param>
    public static GeneratedLanguage Of(LstmOracle oracle, int sentences, int heldOut, ulong seed, CodeGrid grid, int scored)
    {
        ArgumentNullException.ThrowIfNull(oracle);
        EncodedSentences Draw(int count, ulong stream) => oracle.Sample(count, seed + stream).Sentences;
        return new("oracle", OracleNll, Draw(sentences, 1), Draw(heldOut, 3), Draw(heldOut, 5), oracle.Vocabulary)
        {
            UnrealOf = texts => oracle.Nll(texts.Take(scored), grid),
            Options = GenerationOptions.Sample(new MinTokens(oracle.Length)) with { MaxTokens = oracle.Length },
        };
    }

    /// <summary>
    /// The language of a text: texts are as real as they are probable under a 5-gram model of it. They end where the model ends them, and
    /// <c>&lt;unk&gt;</c> is to be generated as often as it stands in the text.
    /// </summary>
    /// <param name="data">The text.</param>
    public static GeneratedLanguage Of(TextData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var vocabulary = data.Tokenizer.Vocabulary.Count;
        var reference = new Lazy<NGramModel>(() => NGramModel.Train(data.Train, vocabulary));
        return new("text", RecordedQuality.ForwardPerplexity, data.Train, data.Validation, data.Test, vocabulary)
        {
            UnrealOf = texts => reference.Value.Perplexity(texts),
            Options = GenerationOptions.Sample() with { MaxTokens = data.Options.MaxTokens, AllowUnknown = true },
        };
    }

    /// <summary>Name of a variant that generates this language.</summary>
    /// <param name="name">How it does so.</param>
    public string Variant(string name) => $"{Name}: {name}";

    /// <summary>How tokens are drawn at a temperature.</summary>
    /// <param name="temperature">The temperature.</param>
    public GenerationOptions Sampling(double temperature) =>
        Options with { Processors = [new Temperature(temperature), .. Options.Processors] };

    /// <summary>Evaluates texts and records <see cref="RecordedQuality.Metrics"/>, <see cref="Unreal"/>, and the reverse perplexity over
    /// the number of texts.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="texts">Token ids.</param>
    public void Evaluate(Variant variant, IReadOnlyList<int[]> texts) => Evaluate(variant, texts, texts);

    /// <summary>Evaluates real sentences as if a model had generated them: the bounds of every metric. How real and how varied they are is
    /// measured on validation sentences, the reverse perplexity by as many training sentences as a model generates, since a 5-gram model of
    /// fewer covers less whoever wrote them.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="samples">Texts that models generate.</param>
    public void EvaluateReal(Variant variant, int samples) =>
        Evaluate(variant, Validation.EvenlySpaced(samples), Train.EvenlySpaced(samples));

    private void Evaluate(Variant variant, IReadOnlyList<int[]> texts, IReadOnlyList<int[]> covering)
    {
        ArgumentNullException.ThrowIfNull(variant);
        var quality = SampleQuality.Evaluate(texts, Train, Test, Vocabulary, covering: covering);
        variant.Record(quality);
        variant.Record(quality.Coverage);
        if (Unreal == OracleNll)
            variant.Record(OracleNll, UnrealOf(texts));
    }

    /// <summary>Evaluates what a model generates at temperature 1, and records its curve over temperatures.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="generate">Generates texts; token ids.</param>
    /// <param name="temperatures">The temperatures of the curve.</param>
    public void Evaluate(Variant variant, Func<GenerationOptions, IReadOnlyList<int[]>> generate, IReadOnlyList<double> temperatures)
    {
        ArgumentNullException.ThrowIfNull(variant);
        ArgumentNullException.ThrowIfNull(generate);
        ArgumentNullException.ThrowIfNull(temperatures);
        Evaluate(variant, generate(Sampling(1)));
        void Progress(int done) => variant.Progress("temperatures", done, temperatures.Count);
        var curve = TemperatureCurve.Evaluate(
            temperatures, temperature => generate(Sampling(temperature)), UnrealOf, Test, Vocabulary, Progress);
        variant.Record(curve, temperatures);
    }
}
