namespace Research.TextVae.Objectives;

/// <summary>Over what the KL term is taken before it is held up to its free share.</summary>
public enum FreeBitsForm
{
    /// <summary>Each dimension, its mean over the batch: Σ_d max(λ, mean_i KL_id) (Kingma et al. 2016, equation 15).</summary>
    PerDimension,

    /// <summary>Each sentence, the sum over dimensions: max(λ, Σ_d KL_id).</summary>
    PerSentence,

    /// <summary>Each dimension of each sentence: Σ_d max(λ, KL_id).</summary>
    PerDimensionAndSentence,
}
