using Research.TextVae.Models;
using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>Generation by a VAE with classes, p(x | z, c) with z ~ p(z | c) (Sohn et al. 2015).</summary>
public static class ConditionalGeneration
{
    /// <summary>Generates texts of one class.</summary>
    /// <param name="model">A model with classes; its training mode is restored.</param>
    /// <param name="label">The class, from 0.</param>
    /// <param name="count">Number of texts.</param>
    /// <param name="options">How tokens are chosen.</param>
    /// <param name="seed">Seed of the tokens; the latent codes are drawn from the seed plus the class.</param>
    /// <returns>Token ids of each text without <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c>.</returns>
    public static IReadOnlyList<int[]> GenerateClass(this LstmVae model, int label, int count, GenerationOptions options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        return model.Generate(model.ConditionOnClass(model.PriorCodes(label, count, seed + (ulong)label), label), options, seed);
    }

    /// <summary>Latent codes from p(z | c); [count, latent].</summary>
    internal static Tensor PriorCodes(this LstmVae model, int label, int count, ulong seed) =>
        model.Prior(model.Labels(label, count)).Sample(StandardNormal.Sample(count, model.LatentSize, seed).to(model.Device));

    /// <summary>The code that texts of one class are decoded from: z [texts, latent] and the class.</summary>
    internal static Tensor ConditionOnClass(this LstmVae model, Tensor z, int label) =>
        model.Condition(z.to(model.Device), model.Labels(label, z.shape[0]));

    private static Tensor Labels(this LstmVae model, int label, long count) =>
        full([count], (long)label, ScalarType.Int64, model.Device);

    /// <summary>Generates a text of each class from one latent code: what the class alone changes.</summary>
    /// <param name="model">A model with classes; its training mode is restored.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="options">How tokens are chosen.</param>
    /// <param name="seed">Seed of the latent code, which is drawn from N(0, I).</param>
    /// <returns>Token ids of each text, in the order of the classes.</returns>
    public static IReadOnlyList<int[]> GenerateEveryClass(this LstmVae model, int classes, GenerationOptions options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var z = StandardNormal.Sample(1, model.LatentSize, seed).repeat(classes, 1).to(model.Device);
        return model.Generate(model.Condition(z, arange(classes, device: model.Device)), options);
    }
}
