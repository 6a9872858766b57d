namespace Research.TextVae.Spelling;

/// <summary>A sentence that may have been meant.</summary>
/// <param name="Ids">Its words.</param>
/// <param name="LogPrior">log p(words) by the language model, <c>&lt;/s&gt;</c> included, in nats.</param>
/// <param name="LogChannel">log p(observed | words) of the channel, in nats.</param>
public sealed record Correction(IReadOnlyList<int> Ids, double LogPrior, double LogChannel)
{
    /// <summary>log p(words) + log p(observed | words), up to a constant the log probability of the words given what is observed.</summary>
    public double Score => LogPrior + LogChannel;
}
