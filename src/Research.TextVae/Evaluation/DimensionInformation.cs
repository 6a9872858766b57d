using Research.TextVae.Support;
using TorchSharp;

namespace Research.TextVae.Evaluation;

/// <summary>Mutual information between each dimension of latent codes and an attribute of their sentences.</summary>
/// <param name="Dimensions">The information of each dimension, in nats.</param>
public sealed record DimensionInformation(IReadOnlyList<AttributeInformation> Dimensions)
{
    /// <summary>The dimension of the largest mutual information, from 0.</summary>
    public int Best => Enumerable.Range(0, Dimensions.Count).MaxBy(d => Dimensions[d].Value);

    /// <summary>Its mutual information with the attribute, in nats.</summary>
    public double Most => Dimensions[Best].Value;

    /// <summary>The largest value of any dimension over shuffled attributes, in nats: the maximum that chance reaches.</summary>
    public double Chance => Dimensions.Max(dimension => dimension.Largest);

    /// <summary>Estimates the information.</summary>
    /// <param name="codes">[sentences, latent].</param>
    /// <param name="classes">The attribute of each sentence, from 0.</param>
    /// <param name="options">How it is estimated.</param>
    /// <param name="seed">Seed of the shuffles, the same for each dimension.</param>
    public static DimensionInformation Estimate(torch.Tensor codes, IReadOnlyList<int> classes, InformationOptions options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(codes);
        ArgumentNullException.ThrowIfNull(options);
        AttributeInformation Of(long dimension) =>
            AttributeInformation.Estimate(Column(codes, dimension), classes, options.Bins, options.Shuffles, seed);
        return new DimensionInformation([.. Enumerable.Range(0, (int)codes.shape[1]).Select(d => Of(d))]);
    }

    private static double[] Column(torch.Tensor codes, long dimension)
    {
        using var column = codes.select(1, dimension).contiguous();
        return Array.ConvertAll(column.data<float>().ToArray(), value => (double)value);
    }
}

/// <summary>How the information of dimensions and of whole codes is estimated.</summary>
public sealed record InformationOptions
{
    /// <summary>Bins of equal counts that a dimension is cut into.</summary>
    public int Bins { get; init => field = Require.AtLeast(2, value); } = 8;

    /// <summary>Shuffles of the attribute that chance is measured by.</summary>
    public int Shuffles { get; init => field = Require.AtLeast(1, value); } = 20;

    /// <summary>Steps that the probes of whole codes are trained.</summary>
    public int ProbeSteps { get; init => field = Require.AtLeast(1, value); } = 200;
}
