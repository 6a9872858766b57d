namespace Research.TextVae.Generation;

/// <summary>How wide a beam search is and what it takes for best.</summary>
public sealed record BeamOptions
{
    /// <summary>Unfinished texts that are kept at each length.</summary>
    public int Width { get; init => field = Require.AtLeast(1, value); } = 5;

    /// <summary>Texts returned for each start, the best first.</summary>
    public int Results { get; init => field = Require.AtLeast(1, value); } = 1;

    /// <summary>α of Wu et al. 2016, who take 0.6: 0 looks for the likeliest text, which favours short ones, 1 nearly for the likeliest token.</summary>
    public double LengthPenalty { get; init => field = Require.AtLeast(0, value); }

    /// <summary>What a text's log-probability is divided by.</summary>
    /// <param name="tokens">Its tokens, <c>&lt;/s&gt;</c> included.</param>
    // lp(Y) = (5 + |Y|)^α / (5 + 1)^α   (equation 14)
    public double Penalty(int tokens) => Math.Pow((5.0 + tokens) / 6, LengthPenalty);
}
