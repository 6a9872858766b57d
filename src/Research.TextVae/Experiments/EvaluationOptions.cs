using Research.TextVae.Evaluation;
using Research.TextVae.Support;

namespace Research.TextVae.Experiments;

/// <summary>What is measured and written at the end of a trial, on the test sentences.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Draws of z per sentence in the importance-weighted estimate to begin with, K.</summary>
    public int IwSamples { get; init => field = Require.AtLeast(1, value); } = 500;

    /// <summary>How often K is doubled, at most, while the estimate still falls.</summary>
    public int IwDoublings { get; init => field = Require.Within(0, 20, value); } = 3;

    /// <summary>The estimate has converged when it falls by less than this from K/2 to K draws, in nats per sentence.</summary>
    public double IwTolerance { get; init => field = Require.Above(0, value); } = 0.05;

    /// <summary>What z is drawn from in the importance-weighted estimate.</summary>
    public ImportanceProposal IwProposal { get; init; }

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
