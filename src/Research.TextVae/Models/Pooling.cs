namespace Research.TextVae.Models;

/// <summary>How an encoder's states become one vector for a sentence.</summary>
public enum Pooling
{
    /// <summary>The state at the last token.</summary>
    Last,

    /// <summary>The maximum over time of each feature (Long et al. 2019), which every token's state can move.</summary>
    Max,

    /// <summary>The mean over time.</summary>
    Mean,
}
