namespace Research.TextVae.Generation;

/// <summary>The draws that the native sampling operator makes in one go: each filter at most once, in this order.</summary>
/// <param name="Temperature">0 for the likeliest token.</param>
/// <param name="TopK">0 for all.</param>
/// <param name="TopP">1 for all.</param>
/// <param name="MinP">0 for all.</param>
internal sealed record FusedSampling(double Temperature = 1, int TopK = 0, double TopP = 1, double MinP = 0)
{
    /// <summary>What these options come to, or null when the filters are others or in another order.</summary>
    public static FusedSampling? Of(DecodingOptions options)
    {
        if (options.Likeliest)
            return new FusedSampling(Temperature: 0);
        var (sampling, last) = (new FusedSampling(), 0);
        foreach (var filter in options.Filters)
        {
            (var place, sampling) = filter switch
            {
                Temperature temperature => (1, sampling with { Temperature = temperature.Value }),
                TopK top => (2, sampling with { TopK = top.K }),
                TopP top => (3, sampling with { TopP = top.P }),
                MinP least => (4, sampling with { MinP = least.P }),
                _ => (0, sampling),
            };
            if (place <= last)
                return null;
            last = place;
        }

        return sampling;
    }
}
