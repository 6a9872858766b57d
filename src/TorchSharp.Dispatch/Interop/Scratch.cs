using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>Memory for the lists of one call: the caller's stack while it lasts, the native heap beyond.</summary>
internal unsafe ref struct Scratch(Span<long> stack)
{
    private readonly Span<long> stack = stack;
    private int used;
    private List<IntPtr>? heap;

    public IntPtr Take(int words)
    {
        if (words <= stack.Length - used)
        {
            used += words;
            return (IntPtr)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(stack[(used - words)..]));
        }
        var block = (IntPtr)NativeMemory.Alloc((nuint)words, sizeof(long));
        (heap ??= []).Add(block);
        return block;
    }

    public readonly void Free()
    {
        if (heap is null) return;
        foreach (var block in heap) NativeMemory.Free((void*)block);
    }
}
