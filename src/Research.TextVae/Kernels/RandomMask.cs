using static TorchSharp.torch;

namespace Research.TextVae.Kernels;

/// <summary>
/// Masks of dropout as hashes of a 64-bit key and an element's position: the same for any number of threads and in both forms of a kernel,
/// and made again in the backward pass instead of being kept. This is the reference form; <c>random_mask.h</c> has the other.
/// </summary>
internal static class RandomMask
{
    private const int Block = 16384;
    private const long Word = 0xffffffff;

    /// <summary>A key from LibTorch's default generator, so that it follows from the seed.</summary>
    public static ulong DrawKey()
    {
        // All 64 bits of one draw: r mod (2⁶⁴ − 1), moved by the least number.
        using var drawn = randint(long.MinValue, long.MaxValue, [1], ScalarType.Int64);
        return Mix(unchecked((ulong)drawn.item<long>() - (ulong)long.MinValue));
    }

    /// <summary>Factors 0 or 1 / (1 − p) of the elements of a dense tensor.</summary>
    /// <param name="key">The key.</param>
    /// <param name="p">Probability of 0.</param>
    /// <param name="like">Gives shape, type and device.</param>
    public static Tensor OfElements(ulong key, double p, Tensor like)
    {
        var size = like.numel();
        return OfRows(key, (size + Block - 1) / Block, Block, p, like).flatten().narrow(0, 0, size).view(like.shape);
    }

    /// <summary>Factors of rows that each have a key of their own, made of <paramref name="key"/> and the row's number.</summary>
    /// <returns>[rows, width] of the type and on the device of <paramref name="like"/>.</returns>
    public static Tensor OfRows(ulong key, long rows, long width, double p, Tensor like)
    {
        var keys = new long[2 * rows];
        for (var row = 0L; row < rows; row++)
        {
            var mixed = Mix(key + (ulong)row);
            (keys[row], keys[rows + row]) = ((uint)mixed, (uint)(mixed >> 32));
        }

        var words = tensor(keys).to(like.device).view(2, rows, 1);
        var position = arange(width, device: like.device);
        var bits = Scramble((Scramble(position.bitwise_xor(words[0])) + words[1]).bitwise_and(Word));
        var threshold = (long)Math.Min(Math.Round(p * 4294967296.0), 4294967295.0);
        return bits.ge(threshold).to_type(like.dtype) * (like.dtype == ScalarType.Float32 ? (float)(1 / (1 - p)) : 1 / (1 - p));
    }

    // Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014): the finaliser.
    private static ulong Mix(ulong x)
    {
        x += 0x9e3779b97f4a7c15;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
    }

    // A bijection of 32-bit words with low bias (two rounds of xor-shift and multiply), in int64 modulo 2³².
    private static Tensor Scramble(Tensor x)
    {
        x = x.bitwise_xor(x.bitwise_right_shift(16)) * 0x7feb352d;
        x = x.bitwise_and(Word);
        x = x.bitwise_xor(x.bitwise_right_shift(15)) * 0x846ca68b;
        x = x.bitwise_and(Word);
        return x.bitwise_xor(x.bitwise_right_shift(16));
    }
}
