namespace TorchSharp;

/// <summary>How the native operators multiply matrices. Weights, gradients and results are float32 either way.</summary>
public enum MatmulPrecision
{
    /// <summary>In float32.</summary>
    Float32 = 0,

    /// <summary>Factors rounded to bfloat16 (8 significant bits, relative error at most 2⁻⁹ each), sums in float32.</summary>
    BFloat16 = 1,
}
