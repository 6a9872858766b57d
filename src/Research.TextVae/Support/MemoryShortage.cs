using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Research.TextVae.Support;

/// <summary>More memory asked for than there is: known before the attempt, or by what the attempt throws.</summary>
internal static partial class MemoryShortage
{
    private const double Gigabyte = 1e9;

    /// <summary>Before a tensor of weights is made.</summary>
    /// <param name="size">Its shape, in 4 bytes each.</param>
    /// <returns>The shape.</returns>
    /// <exception cref="UserException">It has more bytes than this machine, or a size below 1.</exception>
    public static long[] Require(params long[] size)
    {
        ArgumentNullException.ThrowIfNull(size);
        var bytes = size.Aggregate(4.0, (product, factor) => product * factor);
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (bytes > available)
        {
            var (needed, there) = (Math.Ceiling(bytes / Gigabyte), Math.Round(available / Gigabyte));
            throw new UserException(string.Create(CultureInfo.InvariantCulture,
                $"weights of {string.Join(" × ", size)} need {needed:0} GB, and this machine has {there:0} GB; choose smaller sizes."));
        }

        return size;
    }

    /// <summary>What to say of an exception that means that memory is short; null for others.</summary>
    public static string? Describe(Exception? exception) => exception switch
    {
        null => null,
        OutOfMemoryException => "there is not enough memory; choose smaller sizes, a smaller batch or less text.",
        ExternalException when Refused().Match(exception.Message) is { Success: true } refused =>
            $"there is not enough memory ({refused.Value.Trim()}); choose smaller sizes or a smaller batch.",
        _ => Describe(exception.InnerException),
    };

    [GeneratedRegex("(can't allocate memory|tried to allocate|Storage size calculation overflowed|out of memory)[^\n.]*")]
    private static partial Regex Refused();
}
