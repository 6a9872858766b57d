using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Research.TextVae.Models;

/// <summary>
/// Word vectors that tell which words stand near which: skip-gram with negative sampling (Mikolov et al. 2013b). At its optimum, with
/// vectors wide enough, u_c · v_w = log( p(c | w) / p_n(c) ) − log k, the shifted pointwise mutual information (Levy and Goldberg 2014).
/// </summary>
public sealed class SkipGram : Module
{
    private readonly EmbeddingLayer words; // v
    private readonly EmbeddingLayer contexts; // u

    /// <param name="vocabulary">Tokens in the vocabulary, the markers included.</param>
    /// <param name="width">Of the vectors.</param>
    public SkipGram(int vocabulary, int width)
        : base(nameof(SkipGram))
    {
        words = new EmbeddingLayer(Require.AtLeast(1, vocabulary), Require.AtLeast(1, width));
        contexts = new EmbeddingLayer(vocabulary, width);
        init.uniform_(words.Weight, -0.5 / width, 0.5 / width);
        init.zeros_(contexts.Weight);
        RegisterComponents();
        this.KeepTensors();
    }

    /// <summary>The word vectors v; [vocabulary, width].</summary>
    public Tensor Table => words.Weight;

    /// <summary>u_c · v_w of words and contexts.</summary>
    /// <param name="centre">int64 [pairs].</param>
    /// <param name="context">int64 [pairs, contexts of each].</param>
    /// <returns>[pairs, contexts of each].</returns>
    public Tensor Score(Tensor centre, Tensor context) =>
        contexts.call(context).bmm(words.call(centre).unsqueeze(2)).squeeze(2);

    /// <summary>The loss of pairs of words that stand near each other, in nats a pair.</summary>
    /// <param name="centre">w, int64 [pairs].</param>
    /// <param name="context">c, int64 [pairs].</param>
    /// <param name="noise">n₁ … n_k, words drawn at random; int64 [pairs, k].</param>
    // −log σ(u_c · v_w) − Σ_i log σ(−u_{n_i} · v_w)
    public Tensor Loss(Tensor centre, Tensor context, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(noise);
        var scores = Score(centre, cat([context.unsqueeze(1), noise], 1)); // [pairs, 1 + k]
        // −log σ(s) = softplus(−s)
        return ((-scores.narrow(1, 0, 1)).softplus().sum() + scores.narrow(1, 1, noise.shape[1]).softplus().sum()) / context.shape[0];
    }
}
