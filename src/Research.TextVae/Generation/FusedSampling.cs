namespace Research.TextVae.Generation;

/// <summary>The draws that the native sampling operator makes in one go: each filter at most once, in this order.</summary>
/// <param name="Temperature">0 for the likeliest token.</param>
/// <param name="TopK">0 for all.</param>
/// <param name="TopP">1 for all.</param>
/// <param name="MinP">0 for all.</param>
internal sealed record FusedSampling(double Temperature = 1, int TopK = 0, double TopP = 1, double MinP = 0)
{
    /// <summary>The draw that these options end with, and how many filters apply before it.</summary>
    public static (int Before, FusedSampling Draw) Of(DecodingOptions options)
    {
        var draw = new FusedSampling();
        var (before, next) = (options.Filters.Count, 5);
        for (; before > 0; before--)
        {
            (var place, var longer) = options.Filters[before - 1] switch
            {
                Temperature temperature => (1, draw with { Temperature = temperature.Value }),
                TopK top => (2, draw with { TopK = top.K }),
                TopP top => (3, draw with { TopP = top.P }),
                MinP least => (4, draw with { MinP = least.P }),
                _ => (next, draw),
            };
            if (place >= next)
                break;
            (draw, next) = (longer, place);
        }

        // None of these filters changes which token is the likeliest.
        return (before, options.Likeliest ? new FusedSampling(Temperature: 0) : draw);
    }
}
