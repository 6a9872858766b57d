using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Research.TextVae.Text;

/// <summary>A fast hash of a word's characters; the high bits are the best ones.</summary>
internal static class WordHash
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    public static ulong Compute(ReadOnlySpan<char> word)
    {
        var bytes = MemoryMarshal.AsBytes(word);
        var hash = (ulong)bytes.Length;
        if (bytes.Length >= 8)
        {
            // Eight bytes at a time; the last eight may overlap those before.
            for (var i = 0; i + 8 < bytes.Length; i += 8)
                hash = Mix(hash ^ Unsafe.ReadUnaligned<ulong>(in bytes[i]));
            return Mix(hash ^ Unsafe.ReadUnaligned<ulong>(in bytes[^8]));
        }

        ulong tail = 0;
        foreach (var c in word)
            tail = (tail << 16) | c;
        return Mix(hash ^ tail);
    }

    private static ulong Mix(ulong value)
    {
        value *= Multiplier;
        return value ^ (value >> 32);
    }
}
