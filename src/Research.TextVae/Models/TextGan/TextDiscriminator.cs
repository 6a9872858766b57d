using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Research.TextVae.Models;

/// <summary>
/// Tells written texts from real ones: windows of 2, 3 and 4 words, each through a bank of filters, the strongest answer of each filter
/// over the text, and a score (a convolutional network as in Kim 2014).
/// </summary>
public sealed class TextDiscriminator : Module<Tensor, Tensor, Tensor>
{
    private static readonly int[] Widths = [2, 3, 4];
    private readonly EmbeddingLayer embedding;
    private readonly ModuleList<LinearLayer> filters;
    private readonly LinearLayer score;
    private readonly DropoutLayer dropout;

    /// <param name="vocabulary">Tokens in the vocabulary.</param>
    /// <param name="width">Of the word vectors.</param>
    /// <param name="filters">Filters of each window's width.</param>
    /// <param name="dropout">Share of the filters' answers left out in training.</param>
    public TextDiscriminator(int vocabulary, int width, int filters, double dropout)
        : base(nameof(TextDiscriminator))
    {
        embedding = new EmbeddingLayer(vocabulary, width);
        init.uniform_(embedding.Weight, -0.1, 0.1);
        this.filters = ModuleList([.. Widths.Select(words => new LinearLayer(words * width, filters))]);
        score = new LinearLayer(Widths.Length * filters, 1);
        this.dropout = new DropoutLayer(dropout);
        RegisterComponents();
        this.KeepTensors();
    }

    /// <summary>The score of real texts.</summary>
    /// <param name="batch">The texts.</param>
    /// <returns>[batch].</returns>
    public Tensor Score(TextBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return call(embedding.call(batch.Targets), batch.Mask);
    }

    /// <summary>The score of written texts; the gradient reaches who wrote them.</summary>
    /// <param name="text">The texts.</param>
    /// <returns>[batch].</returns>
    public Tensor Score(RelaxedText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return call(text.Words.matmul(embedding.Weight), text.Mask);
    }

    /// <param name="words">Word vectors [batch, time, width].</param>
    /// <param name="mask">1 where a word counts; [batch, time].</param>
    /// <returns>Scores [batch], high for what seems real.</returns>
    // s = v · [ max_t ReLU( W_k (e_t, …, e_{t+k−1}) ) ]_k + c
    public override Tensor forward(Tensor words, Tensor mask)
    {
        // Nothing before and after a text, so that windows see where it begins and ends, however short it is.
        var margin = Widths[^1] - 1;
        var padded = functional.pad(words * mask.unsqueeze(2).to_type(words.dtype), [0, 0, margin, margin]); // [batch, time + 2 · margin, width]
        var answers = Widths.Zip(filters, (size, bank) =>
            bank.call(padded.unfold(1, size, 1).flatten(2)).relu().amax(1)); // windows [batch, places, width · size] to [batch, filters]
        return score.call(dropout.call(cat([.. answers], 1))).squeeze(1);
    }
}
