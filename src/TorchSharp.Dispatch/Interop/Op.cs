using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.torch;

namespace TorchSharp.Interop;

/// <summary>
/// An operator of LibTorch's dispatcher, called by its schema name: <c>Op.Call("add.Tensor", x, y)</c>. The namespace is
/// <c>aten</c> unless given (<c>"textvae::lstm"</c>); arguments left out at the end take the schema's defaults.
/// </summary>
/// <exception cref="ExternalException">The operator failed; the message names it and the shapes it was given.</exception>
/// <exception cref="OperationCanceledException"><see cref="NativeBackend.Interruption"/> was cancelled.</exception>
internal sealed unsafe class Op
{
    private const int StackWords = 48;
    private static readonly ConcurrentDictionary<string, Op> Known = new(StringComparer.Ordinal);

    private readonly IntPtr handle;

    private Op(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var (schema, overload) = dot < 0 ? (name, "") : (name[..dot], name[(dot + 1)..]);
        if (!schema.Contains("::", StringComparison.Ordinal)) schema = "aten::" + schema;
        fixed (byte* schemaBytes = Encoding.UTF8.GetBytes(schema + "\0"), overloadBytes = Encoding.UTF8.GetBytes(overload + "\0"))
            handle = Native.textvae_find_operator(schemaBytes, overloadBytes);
        if (handle == IntPtr.Zero) throw Native.Error();
    }

    /// <summary>Whether the installed LibTorch, or our own library, has this operator.</summary>
    public static bool Exists(string name)
    {
        try
        {
            return Find(name) is not null;
        }
        catch (ExternalException)
        {
            return false;
        }
    }

    public static Tensor Call(string name, params ReadOnlySpan<Arg> args)
    {
        Value result;
        Find(name).Invoke(args, &result, 1);
        return ToTensor(result);
    }

    public static (Tensor, Tensor) Call2(string name, params ReadOnlySpan<Arg> args)
    {
        var results = stackalloc Value[2];
        Find(name).Invoke(args, results, 2);
        return (ToTensor(results[0]), ToTensor(results[1]));
    }

    public static (Tensor, Tensor, Tensor) Call3(string name, params ReadOnlySpan<Arg> args)
    {
        var results = stackalloc Value[3];
        Find(name).Invoke(args, results, 3);
        return (ToTensor(results[0]), ToTensor(results[1]), ToTensor(results[2]));
    }

    /// <summary>The first of an operator's several results; the others serve its backward pass only.</summary>
    public static Tensor CallFirst(string name, int results, params ReadOnlySpan<Arg> args)
    {
        var values = stackalloc Value[results];
        Find(name).Invoke(args, values, results);
        for (var i = 1; i < results; i++) ToTensor(values[i]).Dispose();
        return ToTensor(values[0]);
    }

    /// <summary>An operator that returns a list of at most <paramref name="most"/> tensors.</summary>
    public static Tensor[] CallList(string name, long most, params ReadOnlySpan<Arg> args)
    {
        var results = new Value[Math.Max(most, 1)];
        int count;
        fixed (Value* pinned = results) count = Find(name).Invoke(args, pinned, results.Length);
        return Array.ConvertAll(results[..count], ToTensor);
    }

    /// <summary>An operator that changes its first argument and, as in TorchSharp, returns that very object.</summary>
    public static Tensor InPlace(string name, params ReadOnlySpan<Arg> args)
    {
        Find(name).Invoke(args, null, 0);
        return args[0].Tensor;
    }

    /// <summary>An operator called for its effect only.</summary>
    public static void Run(string name, params ReadOnlySpan<Arg> args) => Find(name).Invoke(args, null, 0);

    public static bool CallBool(string name, params ReadOnlySpan<Arg> args)
    {
        Value result;
        Find(name).Invoke(args, &result, 1);
        return result.Integer != 0;
    }

    private static Op Find(string name) => Known.TryGetValue(name, out var op) ? op : Known.GetOrAdd(name, static n => new Op(n));

    private static Tensor ToTensor(Value value) =>
        value.Tag == Tag.Tensor ? new Tensor(value.Pointer, value.Count * 1024L)
        : throw new InvalidOperationException($"the operator returned {value.Tag}, not a tensor");

    [SkipLocalsInit]
    private int Invoke(ReadOnlySpan<Arg> args, Value* results, int capacity)
    {
        NativeBackend.ThrowIfInterrupted();
        var values = stackalloc Value[args.Length];
        var scratch = new Scratch(stackalloc long[StackWords]);
        try
        {
            for (var i = 0; i < args.Length; i++) args[i].Write(values + i, ref scratch);
            var count = Native.textvae_call(handle, values, args.Length, results, capacity);
            if (count < 0) throw Native.Error();
            return count;
        }
        finally
        {
            scratch.Free();
        }
    }
}
