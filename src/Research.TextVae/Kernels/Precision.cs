namespace Research.TextVae.Kernels;

/// <summary>What the large matrix products of a model are computed in; weights, optimizer and losses are float32 in any case.</summary>
public enum Precision
{
    /// <summary>float32 throughout.</summary>
    Float32,

    /// <summary>Factors rounded to bfloat16, sums in float32: mixed precision (Micikevicius et al. 2018) without a loss scale, which
    /// bfloat16's range spares.</summary>
    BFloat16,
}
