using System.Reflection;
using System.Runtime.InteropServices;

namespace Research.TextVae.Notebooks.Jupyter;

/// <summary>The part of libzmq's C interface (4.x) that a kernel needs.</summary>
internal static partial class ZeroMq
{
    public const int Pub = 1;
    public const int Rep = 4;
    public const int Router = 6;
    public const int Linger = 17;
    public const int ReceiveMore = 13;
    public const int RouterHandover = 56;
    public const int SendHighWaterMark = 23;
    public const int MaxMessageSize = 22;
    public const int SendMore = 2;
    public const int DontWait = 1;
    public const int Interrupted = 4; // EINTR
    public const int MessageSize = 64; // sizeof(zmq_msg_t)

    private const string Library = "zmq";
    private static readonly string[] FileNames = ["libzmq.so.5", "libzmq.5.dylib", "libzmq.dll", "libzmq.so"];

    static ZeroMq() => NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), (name, assembly, path) =>
        name == Library ? Load(assembly, path) : 0);

    private static nint Load(Assembly assembly, DllImportSearchPath? path)
    {
        foreach (var file in FileNames)
        {
            if (NativeLibrary.TryLoad(file, assembly, path, out var handle))
                return handle;
        }

        throw new DllNotFoundException("the Jupyter kernel needs libzmq, which is missing: apt-get install libzmq5");
    }

    [LibraryImport(Library)]
    public static partial nint zmq_ctx_new();

    [LibraryImport(Library)]
    public static partial nint zmq_socket(nint context, int type);

    [LibraryImport(Library)]
    public static partial int zmq_close(nint socket);

    [LibraryImport(Library)]
    public static partial int zmq_setsockopt(nint socket, int option, in int value, nint length);

    [LibraryImport(Library)]
    public static partial int zmq_setsockopt(nint socket, int option, in long value, nint length);

    [LibraryImport(Library)]
    public static partial int zmq_getsockopt(nint socket, int option, out int value, ref nint length);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int zmq_bind(nint socket, string endpoint);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int zmq_send(nint socket, ReadOnlySpan<byte> data, nint length, int flags);

    [LibraryImport(Library)]
    public static partial int zmq_msg_init(nint message);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int zmq_msg_recv(nint message, nint socket, int flags);

    [LibraryImport(Library)]
    public static partial nint zmq_msg_data(nint message);

    [LibraryImport(Library)]
    public static partial nint zmq_msg_size(nint message);

    [LibraryImport(Library)]
    public static partial int zmq_msg_close(nint message);

    [LibraryImport(Library)]
    public static partial int zmq_errno();

    [LibraryImport(Library)]
    private static partial nint zmq_strerror(int error);

    public static string Error() => Marshal.PtrToStringUTF8(zmq_strerror(zmq_errno())) ?? "unknown error";
}
