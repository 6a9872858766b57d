using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>
/// Work in the latent space: encoding into it, paths between latent codes, walks along a direction, and sums and differences.
/// </summary>
public static class Latent
{
    /// <summary>The means of the posteriors of a set.</summary>
    /// <param name="model">The model; dropout is off.</param>
    /// <param name="examples">At least one.</param>
    /// <param name="batchSize">Examples per batch.</param>
    /// <returns>[examples, latent], on the CPU, in the set's order.</returns>
    public static Tensor EncodeMeans<TBatch>(this Vae<TBatch> model, IDataset<TBatch> examples, int batchSize = 64)
        where TBatch : IBatch<TBatch>
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(examples);
        using var scope = NewDisposeScope();
        var means = empty(examples.Count, model.LatentSize);
        foreach (var indices in new BatchSampler(examples, new BatchOptions { BatchSize = batchSize, Shuffle = false }, 0).Epoch(0))
        {
            using var step = NewDisposeScope();
            var rows = torch.tensor(Array.ConvertAll(indices, index => (long)index)).unsqueeze(1).expand(-1, model.LatentSize);
            means.scatter_(0, rows, Reconstruction.PosteriorMean(model, examples.Batch(indices, model.Device)).cpu());
        }

        return means.MoveToOuterDisposeScope();
    }

    /// <summary>The means of the posteriors of texts.</summary>
    /// <param name="model">The model; dropout is off.</param>
    /// <param name="tokenizer">Turns texts into tokens.</param>
    /// <param name="texts">Each of at least one token.</param>
    /// <returns>[texts, latent], on the CPU.</returns>
    public static Tensor EncodeMeans(this TextVaeModel model, Tokenizer tokenizer, params IReadOnlyList<string> texts) =>
        model.EncodeMeans(EncodedSentences.From(tokenizer, texts));

    /// <summary>The straight line from <paramref name="from"/> to <paramref name="to"/>, both ends included.</summary>
    /// <param name="from">[latent].</param>
    /// <param name="to">[latent].</param>
    /// <param name="steps">Points, at least two.</param>
    /// <returns>[steps, latent].</returns>
    // z(t) = (1 − t) z₀ + t z₁
    public static Tensor Interpolate(Tensor from, Tensor to, int steps)
    {
        var t = Positions(from, to, steps);
        return from.unsqueeze(0) * (1 - t) + to.unsqueeze(0) * t;
    }

    /// <summary>
    /// The great-circle path (White 2016), which keeps the norm that samples of a high-dimensional Gaussian have.
    /// Falls back to the line when the two are parallel.
    /// </summary>
    /// <inheritdoc cref="Interpolate"/>
    // z(t) = [ sin((1 − t) Ω) z₀ + sin(t Ω) z₁ ] / sin Ω,   cos Ω = z₀ · z₁ / (‖z₀‖ ‖z₁‖)
    public static Tensor InterpolateSpherically(Tensor from, Tensor to, int steps)
    {
        var t = Positions(from, to, steps);
        var cosine = (from * to).sum() / (from.norm() * to.norm());
        var angle = cosine.clamp(-1, 1).acos();
        return angle.sin().item<float>() < 1e-6f
            ? Interpolate(from, to, steps)
            : (((1 - t) * angle).sin() * from.unsqueeze(0) + (t * angle).sin() * to.unsqueeze(0)) / angle.sin();
    }

    private static Tensor Positions(Tensor from, Tensor to, int steps)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        Require.AtLeast(2, steps);
        return linspace(0, 1, steps, device: from.device).unsqueeze(1);
    }

    /// <summary>A latent code moved along a direction, from <paramref name="from"/> to <paramref name="to"/> times its length.</summary>
    /// <param name="z">[latent].</param>
    /// <param name="direction">[latent].</param>
    /// <param name="from">First multiple.</param>
    /// <param name="to">Last multiple.</param>
    /// <param name="steps">Points, at least two.</param>
    /// <returns>[steps, latent].</returns>
    // z(t) = z + t d
    public static Tensor Traverse(Tensor z, Tensor direction, double from, double to, int steps)
    {
        ArgumentNullException.ThrowIfNull(z);
        ArgumentNullException.ThrowIfNull(direction);
        Require.AtLeast(2, steps);
        return z.unsqueeze(0) + linspace(from, to, steps, device: z.device).unsqueeze(1) * direction.unsqueeze(0);
    }

    /// <summary>A latent code with one of its dimensions set to values from <paramref name="from"/> to <paramref name="to"/>.</summary>
    /// <param name="z">[latent].</param>
    /// <param name="dimension">From 0.</param>
    /// <param name="from">First value.</param>
    /// <param name="to">Last value.</param>
    /// <param name="steps">Points, at least two.</param>
    /// <returns>[steps, latent].</returns>
    public static Tensor TraverseDimension(Tensor z, int dimension, double from, double to, int steps)
    {
        ArgumentNullException.ThrowIfNull(z);
        Require.AtLeast(2, steps);
        var codes = z.unsqueeze(0).repeat(steps, 1);
        codes.narrow(1, dimension, 1).copy_(linspace(from, to, steps, device: z.device).unsqueeze(1));
        return codes;
    }

    /// <summary>The d for which a : b = d : c, as king : man = queen : woman (Mikolov et al. 2013).</summary>
    /// <param name="a">King; [..., latent].</param>
    /// <param name="b">Man; [..., latent].</param>
    /// <param name="c">Woman; [..., latent].</param>
    // d = a − b + c
    public static Tensor Analogy(Tensor a, Tensor b, Tensor c)
    {
        ArgumentNullException.ThrowIfNull(a);
        return a - b + c;
    }

    /// <summary>The direction of an attribute: from the mean latent code of the sentences without it to that of the sentences with it
    /// (White 2016).</summary>
    /// <param name="codes">[sentences, latent].</param>
    /// <param name="with">Whether each sentence has the attribute; some do and some do not.</param>
    /// <returns>[latent].</returns>
    /// <exception cref="UserException">All sentences have the attribute, or none.</exception>
    // d = E[ z | attribute ] − E[ z | no attribute ]
    public static Tensor Direction(Tensor codes, IReadOnlyList<bool> with)
    {
        ArgumentNullException.ThrowIfNull(codes);
        ArgumentNullException.ThrowIfNull(with);
        if (!with.Contains(true) || !with.Contains(false))
            throw new UserException(
                $"Of {with.Count} sentences {(with.Contains(true) ? "all have" : "none has")} the attribute; a direction needs some "
                    + "of both.");
        using var scope = NewDisposeScope();
        Tensor Mean(bool value) => codes.index_select(0, torch.tensor(
            Enumerable.Range(0, with.Count).Where(row => with[row] == value).Select(row => (long)row).ToArray(), device: codes.device))
                .mean([0]);
        return (Mean(true) - Mean(false)).MoveToOuterDisposeScope();
    }
}
