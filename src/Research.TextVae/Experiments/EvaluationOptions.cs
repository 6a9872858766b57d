using Research.TextVae.Support;

namespace Research.TextVae.Experiments;

/// <summary>What is measured and written at the end of a trial, on the test sentences.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Draws of z per sentence in the importance-weighted estimate, K.</summary>
    public int IwSamples { get; init => field = Require.AtLeast(1, value); } = 500;

    /// <summary>Test sentences the importance-weighted estimate is made on, evenly spread over the split; all when 0.</summary>
    public int IwSentences { get; init => field = Require.AtLeast(0, value); }

    /// <summary>Test sentences reconstructed for BLEU; all when 0.</summary>
    public int BleuSentences { get; init => field = Require.AtLeast(0, value); } = 500;

    /// <summary>Sentences written from draws of the prior, for each way of decoding.</summary>
    public int Samples { get; init => field = Require.AtLeast(0, value); } = 10;

    /// <summary>Test sentences shown beside their reconstruction.</summary>
    public int Reconstructions { get; init => field = Require.AtLeast(0, value); } = 8;

    /// <summary>Pairs of test sentences, and of draws from the prior, to walk between.</summary>
    public int Interpolations { get; init => field = Require.AtLeast(0, value); } = 2;

    /// <summary>Points of a walk.</summary>
    public int InterpolationSteps { get; init => field = Require.AtLeast(2, value); } = 8;
}
