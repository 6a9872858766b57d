namespace Research.TextVae.Generation;

/// <summary>A text that beam search has found.</summary>
/// <param name="Tokens">Its ids without <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c>.</param>
/// <param name="LogProbability">log p in nats, <c>&lt;/s&gt;</c> included where the text has come to it; filters that change more than they rule out change it too.</param>
/// <param name="Score">The log-probability divided by the length penalty.</param>
/// <param name="Ended">Whether the text ends by itself or with a stop string, rather than being cut for its length.</param>
public sealed record Hypothesis(IReadOnlyList<int> Tokens, double LogProbability, double Score, bool Ended);
