using Research.TextVae.Kernels;
using Research.TextVae.Support;
using Research.TextVae.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>
/// Chooses the next token of each text. Trailing filters that <see cref="TokenSampling"/> supports are fused into it; the rest are applied
/// one by one.
/// </summary>
internal sealed class TokenSampler
{
    private readonly GenerationOptions _options;
    private readonly int _before;
    private readonly TokenSampling _sampling;
    private readonly Tensor _never;
    private bool _isFirst = true;

    public TokenSampler(GenerationOptions options, int vocabulary)
    {
        _options = options;
        (_before, _sampling) = Fuse(options);
        _never = torch.tensor(options.Never(vocabulary)); // [vocabulary]
    }

    /// <param name="logits">[batch, vocabulary], on the CPU.</param>
    /// <param name="written">The tokens of each text so far.</param>
    /// <param name="uniforms">A number in [0, 1) for each text.</param>
    /// <returns>A token of each text; <c>&lt;pad&gt;</c> where nothing can be taken.</returns>
    /// <exception cref="UserException">The logits are not numbers.</exception>
    public long[] Next(Tensor logits, Func<IReadOnlyList<IReadOnlyList<int>>> written, double[] uniforms)
    {
        var filtered = logits;
        if (_before > 0)
        {
            filtered = logits + _never;
            foreach (var filter in _options.Processors.Take(_before))
                filtered = filter.Apply(filtered, written());
        }

        var tokens = _sampling.Compute(filtered, _never, torch.tensor(uniforms)).data<long>().ToArray();
        // What is no number leaves nothing to take, as a filter can.
        if (_isFirst || tokens.Contains(Vocabulary.PadId))
            RequireNumbers(logits);
        _isFirst = false;
        return tokens;
    }

    /// <summary>Refuses logits of NaN or +∞; −∞ is that of a token that cannot be.</summary>
    /// <exception cref="UserException">They are not numbers.</exception>
    internal static void RequireNumbers(Tensor logits)
    {
        using var largest = logits.amax([-1]);
        if (largest.isnan().logical_or(largest.isposinf()).any().item<bool>())
            throw new UserException(
                "the model's logits are not numbers (NaN or infinity), since its weights or the codes it writes from are not; use an "
                    + "earlier checkpoint, or train anew with a lower learning rate.");
    }

    /// <summary>The draw that these options end with, each filter at most once and in its order, and how many filters apply before
    /// it.</summary>
    internal static (int Before, TokenSampling Sampling) Fuse(GenerationOptions options)
    {
        var sampling = new TokenSampling();
        var (before, next) = (options.Processors.Count, 5);
        for (; before > 0; before--)
        {
            (var place, var longer) = options.Processors[before - 1] switch
            {
                Temperature temperature => (1, sampling with { Temperature = temperature.Value }),
                TopK top => (2, sampling with { TopK = top.K }),
                TopP top => (3, sampling with { TopP = top.P }),
                MinP least => (4, sampling with { MinP = least.P }),
                _ => (next, sampling),
            };
            if (place >= next)
                break;
            (sampling, next) = (longer, place);
        }

        // None of these filters changes which token is the most likely.
        return (before, options.MostLikely ? new TokenSampling(Temperature: 0) : sampling);
    }
}
