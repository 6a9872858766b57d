using System.Runtime.InteropServices;
using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Jupyter;

/// <summary>A socket whose messages are lists of frames. One thread receives; any may send.</summary>
internal sealed class ZmqSocket : IMessageSocket, IDisposable
{
    private readonly Lock _sending = new();
    private readonly nint _socket;
    private readonly nint _message;

    /// <exception cref="UserException">The endpoint is taken or does not exist.</exception>
    public ZmqSocket(nint context, int type, string endpoint)
    {
        _socket = ZeroMq.zmq_socket(context, type);
        if (_socket == 0)
            throw new InvalidOperationException("libzmq: " + ZeroMq.Error());
        ZeroMq.zmq_setsockopt(_socket, ZeroMq.Linger, 1000, sizeof(int));
        if (type == ZeroMq.Router)
            ZeroMq.zmq_setsockopt(_socket, ZeroMq.RouterHandover, 1, sizeof(int));
        // Output is kept until it is sent, however fast a cell writes.
        if (type == ZeroMq.Pub)
            ZeroMq.zmq_setsockopt(_socket, ZeroMq.SendHighWaterMark, 0, sizeof(int));
        ZeroMq.zmq_setsockopt(_socket, ZeroMq.MaxMessageSize, (long)JupyterMessage.Largest, sizeof(long));
        if (ZeroMq.zmq_bind(_socket, endpoint) != 0)
            throw new UserException(
                $"cannot listen on {endpoint}: {ZeroMq.Error()}. The connection file is from another kernel; let the front end write a "
                    + "new one.");
        unsafe
        {
            _message = (nint)NativeMemory.Alloc(ZeroMq.MessageSize);
        }
    }

    public void Send(IReadOnlyList<ReadOnlyMemory<byte>> frames)
    {
        lock (_sending)
        {
            for (var i = 0; i < frames.Count; i++)
            {
                var flags = i < frames.Count - 1 ? ZeroMq.SendMore : 0;
                while (ZeroMq.zmq_send(_socket, frames[i].Span, frames[i].Length, flags) < 0)
                {
                    if (Marshal.GetLastPInvokeError() != ZeroMq.Interrupted)
                        return; // the front end is gone
                }
            }
        }
    }

    /// <inheritdoc/>
    public List<byte[]>? Receive(bool wait = true)
    {
        List<byte[]> frames = [];
        do
        {
            _ = ZeroMq.zmq_msg_init(_message);
            while (ZeroMq.zmq_msg_recv(_message, _socket, wait ? 0 : ZeroMq.DontWait) < 0)
            {
                if (Marshal.GetLastPInvokeError() != ZeroMq.Interrupted)
                    return null;
            }

            unsafe
            {
                frames.Add(new ReadOnlySpan<byte>((void*)ZeroMq.zmq_msg_data(_message), (int)ZeroMq.zmq_msg_size(_message)).ToArray());
            }

            _ = ZeroMq.zmq_msg_close(_message);
        }
        while (HasMore());
        return frames;
    }

    public void Dispose() => _ = ZeroMq.zmq_close(_socket);

    private bool HasMore()
    {
        nint length = sizeof(int);
        return ZeroMq.zmq_getsockopt(_socket, ZeroMq.ReceiveMore, out var more, ref length) == 0 && more != 0;
    }
}
