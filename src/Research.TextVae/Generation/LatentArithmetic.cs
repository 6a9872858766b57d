using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>Sums and differences of codes, on the posterior means of sentences.</summary>
public static class LatentArithmetic
{
    /// <summary>What is to c as a is to b (Mikolov et al. 2013).</summary>
    /// <param name="a">[..., latent].</param>
    /// <param name="b">[..., latent].</param>
    /// <param name="c">[..., latent].</param>
    // z = a − b + c
    public static Tensor Analogy(Tensor a, Tensor b, Tensor c)
    {
        ArgumentNullException.ThrowIfNull(a);
        return a - b + c;
    }

    /// <summary>The direction of an attribute: from the mean code of the sentences without it to that of the sentences with it (White 2016).</summary>
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
            throw new UserException($"Of {with.Count} sentences {(with.Contains(true) ? "all have" : "none has")} the attribute; a direction needs some of both.");
        using var scope = NewDisposeScope();
        Tensor Mean(bool value) => codes.index_select(0, torch.tensor(
            Enumerable.Range(0, with.Count).Where(row => with[row] == value).Select(row => (long)row).ToArray(), device: codes.device)).mean([0]);
        return (Mean(true) - Mean(false)).MoveToOuterDisposeScope();
    }
}
