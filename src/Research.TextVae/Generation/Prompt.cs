using Research.TextVae.Models;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>What texts are written from, with any kind of model: nothing, a code each, or a text each.</summary>
public sealed class Prompt
{
    private readonly Func<int, int, DecoderState> state;

    private Prompt(IAutoregressiveModel model, long count, Func<int, int, DecoderState> state) => (Model, Count, this.state) = (model, (int)count, state);

    /// <summary>The model that writes.</summary>
    public IAutoregressiveModel Model { get; }

    /// <summary>Texts to be written.</summary>
    public int Count { get; }

    /// <summary>Texts from nothing.</summary>
    public static Prompt From(LanguageModel model, int count)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new(model, count, (_, size) => model.StartDecoding(size));
    }

    /// <summary>A text from each code.</summary>
    /// <param name="model">The model.</param>
    /// <param name="z">[texts, latent].</param>
    public static Prompt From(TextVaeModel model, Tensor z)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(z);
        return new(model, z.shape[0], (first, size) => model.StartDecoding(z.narrow(0, first, size).to(model.Device)));
    }

    /// <summary>A text from each source.</summary>
    /// <param name="model">The model.</param>
    /// <param name="source">int64 [texts, source].</param>
    /// <param name="lengths">Its tokens without padding; int64 [texts].</param>
    public static Prompt From(TransformerSeq2Seq model, Tensor source, Tensor lengths)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(lengths);
        return new(model, source.shape[0], (first, size) => model.StartDecoding(model.Encode(
            source.narrow(0, first, size).to(model.Device), lengths.narrow(0, first, size).to(model.Device))));
    }

    /// <summary>A text from each sentence of a set.</summary>
    public static Prompt From(TransformerSeq2Seq model, EncodedSentences sources)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sources);
        return new(model, sources.Count, (first, size) =>
        {
            var batch = sources.Batch([.. Enumerable.Range(first, size)], model.Device);
            return model.StartDecoding(model.Encode(batch.Targets, batch.Lengths));
        });
    }

    /// <summary>A run that writes some of the texts.</summary>
    internal DecodingSession Run(int first, int size) => Model.StartSession(state(first, size));
}
