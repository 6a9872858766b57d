using Research.TextVae.Models;
using Research.TextVae.Support;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Synthetic;

/// <summary>
/// A VAE of vectors whose likelihood is known in closed form: x = W z + b + s ε with z ~ N(0, I) is factor analysis with equal noise, so
/// that x ~ N(b, W Wᵀ + s² I). Its encoder has the true posterior's mean and, with a width of 1, the variances of the best posterior of
/// independent dimensions; another width makes it wrong on purpose.
/// </summary>
/// <param name="Model">The VAE.</param>
/// <param name="Loadings">W, float64 [inputs, latent].</param>
/// <param name="Offset">b, float64 [inputs].</param>
/// <param name="Deviation">s.</param>
public sealed record LinearGaussian(GaussianVae Model, Tensor Loadings, Tensor Offset, double Deviation) : IDisposable
{
    /// <summary>Draws the weights of such a model.</summary>
    /// <param name="latentSize">Size of z.</param>
    /// <param name="inputs">Size of x.</param>
    /// <param name="deviation">s.</param>
    /// <param name="seed">Seed of W and b.</param>
    /// <param name="width">Factor of the encoder's standard deviations.</param>
    // p(z|x) = N( S Wᵀ (x − b) / s², S ),   S = (I + Wᵀ W / s²)⁻¹;   of independent dimensions the best has variances 1 / (S⁻¹)_dd
    public static LinearGaussian Create(int latentSize, int inputs, double deviation, ulong seed, double width = 1)
    {
        Require.AtLeast(1, inputs);
        Require.Above(0.0, width);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var loadings = Normal(inputs, latentSize, seed) / Math.Sqrt(latentSize);
        var offset = Normal(1, inputs, seed + 1).squeeze(0);
        var precision = eye(latentSize, dtype: ScalarType.Float64) + loadings.t().matmul(loadings) / (deviation * deviation);
        var mean = linalg.inv(precision).matmul(loadings.t()) / (deviation * deviation); // [latent, inputs]
        var logVariance = -precision.diagonal().log() + 2 * Math.Log(width);

        var model = new GaussianVaeConfig { HiddenSizes = [], LatentSize = latentSize, Deviation = deviation }.Build(inputs);
        void Set(string name, Tensor value) => model.get_parameter(name)!.copy_(value);
        Set("decoder.0.weight", loadings);
        Set("decoder.0.bias", offset);
        Set("encoder.0.weight", cat([mean, zeros_like(mean)], 0));
        Set("encoder.0.bias", cat([-mean.matmul(offset), logVariance], 0));
        return new LinearGaussian(model, loadings.MoveToOuterDisposeScope(), offset.MoveToOuterDisposeScope(), deviation);
    }

    /// <summary>Draws vectors and the code that each was generated from; [count, latent].</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Seed of codes and noise.</param>
    public (VectorSet Examples, Tensor Codes) Sample(int count, ulong seed)
    {
        using var scope = NewDisposeScope();
        var codes = Normal(count, Model.LatentSize, seed);
        var values = codes.matmul(Loadings.t()) + Offset + Normal(count, (int)Offset.shape[0], seed + 1) * Deviation;
        return (
            new VectorSet(values.to_type(ScalarType.Float32).MoveToOuterDisposeScope()),
            codes.to_type(ScalarType.Float32).MoveToOuterDisposeScope());
    }

    /// <summary>−log p(x) of each vector in nats.</summary>
    // −log N(x; b, C) = ½ [ (x − b)ᵀ C⁻¹ (x − b) + log |C| + inputs · log 2π ],   C = W Wᵀ + s² I
    public IReadOnlyList<double> Nll(VectorSet examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        using var scope = NewDisposeScope();
        var inputs = Offset.shape[0];
        var covariance = Loadings.matmul(Loadings.t()) + eye(inputs, dtype: ScalarType.Float64) * (Deviation * Deviation);
        var centred = examples.Values.to_type(ScalarType.Float64) - Offset; // [count, inputs]
        var distance = (centred.matmul(linalg.inv(covariance)) * centred).sum(1);
        var nll = (distance + linalg.slogdet(covariance).Item2 + inputs * Math.Log(2 * Math.PI)) * 0.5;
        return nll.data<double>().ToArray();
    }

    /// <summary>Disposes of the model and its weights.</summary>
    public void Dispose()
    {
        Model.Dispose();
        Loadings.Dispose();
        Offset.Dispose();
    }

    private static Tensor Normal(int rows, int columns, ulong seed) =>
        StandardNormal.Sample(rows, columns, seed).to_type(ScalarType.Float64);
}
