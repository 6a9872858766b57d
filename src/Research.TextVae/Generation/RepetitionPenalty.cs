using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>
/// Makes tokens that are already written less likely (Keskar et al. 2019, section 4.1). The paper divides every logit by θ, which
/// would make a token of negative logit likelier; that one is multiplied, as has become usual.
/// </summary>
public sealed record RepetitionPenalty : LogitsProcessor
{
    public RepetitionPenalty(double penalty) => Penalty = penalty;

    /// <summary>θ; 1 changes nothing, the paper takes 1.2.</summary>
    public double Penalty { get; init => field = Require.AtLeast(1, value); }

    /// <inheritdoc/>
    // l_v / θ for l_v > 0, θ l_v otherwise,   for v in what is written
    public override Tensor Apply(Tensor logits, IReadOnlyList<IReadOnlyList<int>> written) => Change(
        logits,
        written.SelectMany((text, row) => text.Distinct().Select(token => (row, token))),
        old => where(old.gt(0), old / Penalty, old * Penalty));
}
