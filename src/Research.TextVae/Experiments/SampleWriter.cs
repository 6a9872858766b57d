using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Experiments;

/// <summary>Lets a trained model write: from the prior, from test sentences, and along paths between codes.</summary>
internal sealed class SampleWriter(TextVaeModel model, TextData data, EvaluationOptions measures, ulong seed)
{
    /// <summary>Name of the decoding that takes the most probable token.</summary>
    public const string Greedy = "greedy";

    private static readonly (string Name, GenerationOptions Options)[] Decodings =
    [
        (Greedy, GenerationOptions.Greedy),
        ("T = 1", GenerationOptions.Sample()),
        ("T = 0.8, top-p 0.9", GenerationOptions.Sample(new Temperature(0.8), new TopP(0.9))),
    ];

    public IEnumerable<SampleRecord> All() => [.. FromPrior(), .. Reconstructions(), .. Walks()];

    private IEnumerable<SampleRecord> FromPrior()
    {
        using var scope = NewDisposeScope();
        var z = StandardNormal.Sample(measures.Samples, model.LatentSize, seed);
        return measures.Samples == 0
            ? []
            : [.. from decoding in Decodings
                  from text in Write(z, decoding.Options)
                  select new SampleRecord(SampleRecord.Prior, decoding.Name, [text])];
    }

    private IEnumerable<SampleRecord> Reconstructions()
    {
        if (measures.Reconstructions == 0)
            return [];
        var originals = data.Test.EvenlySpaced(measures.Reconstructions);
        return Reconstruction.Greedy(model, originals)
            .Select((ids, index) => new SampleRecord(
                SampleRecord.Reconstruction, Greedy, [Text(originals[index]), Text(ids)]));
    }

    private IEnumerable<SampleRecord> Walks()
    {
        if (measures.Interpolations == 0)
            return [];
        using var scope = NewDisposeScope();
        var ends = data.Test.EvenlySpaced(2 * measures.Interpolations);
        var means = model.EncodeMeans(ends);
        var draws = StandardNormal.Sample(2 * measures.Interpolations, model.LatentSize, seed + 1);
        return
        [
            .. Between(means, SampleRecord.Interpolation),
            .. Between(draws, SampleRecord.PriorInterpolation),
        ];
    }

    private IEnumerable<SampleRecord> Between(Tensor codes, string kind) =>
        from pair in Enumerable.Range(0, (int)Math.Min(measures.Interpolations, codes.shape[0] / 2))
        from path in new[] { (Name: "linear", Of: (Func<Tensor, Tensor, int, Tensor>)Latent.Interpolate),
            (Name: "spherical", Of: Latent.InterpolateSpherically) }
        let z = path.Of(codes[2 * pair], codes[2 * pair + 1], measures.InterpolationSteps)
        select new SampleRecord(kind, $"{path.Name}, {Greedy}", Write(z, GenerationOptions.Greedy));

    private IReadOnlyList<string> Write(Tensor z, GenerationOptions decoding) =>
        [.. TextGenerator.Generate(model, z, decoding with { MaxTokens = 40 }, seed).Select(Text)];

    private string Text(int[] ids) => data.Tokenizer.Decode(ids);
}

/// <summary>One line of a run's <c>samples.jsonl</c>: something the model wrote.</summary>
/// <param name="Kind"><c>prior</c>, <c>reconstruction</c>, <c>interpolation</c> (between posterior means) or
/// <c>prior-interpolation</c>.</param>
/// <param name="Decoding">How tokens were chosen: <c>greedy</c>, <c>T = 1</c>, …</param>
/// <param name="Texts">
/// The sentences: one for a sample, original and reconstruction, or the points of a walk.
/// </param>
public sealed record SampleRecord(string Kind, string Decoding, IReadOnlyList<string> Texts)
{
    /// <summary>Kind of a text decoded from a code of the prior.</summary>
    public const string Prior = "prior";

    /// <summary>Kind of a sentence with the text decoded from its code.</summary>
    public const string Reconstruction = "reconstruction";

    /// <summary>Kind of texts decoded between the codes of two sentences.</summary>
    public const string Interpolation = "interpolation";

    /// <summary>Kind of texts decoded between two codes of the prior.</summary>
    public const string PriorInterpolation = "prior-interpolation";
}
