using NetMQ;
using NetMQ.Sockets;
using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Jupyter;

/// <summary>
/// A channel on a socket of NetMQ. One thread receives from it and answers; a channel that only sends may be sent to by any thread. What
/// is sent is kept in memory until a front end has read it, however slow that is, so no output is lost; of what arrives, a message with a
/// frame above <see cref="JupyterMessage.Largest"/> is refused before it is read, and its connection begins anew.
/// </summary>
internal sealed class ChannelSocket : IMessageSocket, IDisposable
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    private readonly Lock _sending = new();
    private readonly NetMQSocket _socket;
    private bool _isClosed;

    /// <exception cref="UserException">The endpoint is taken or does not exist.</exception>
    public ChannelSocket(NetMQSocket socket, string endpoint)
    {
        _socket = socket;
        _socket.Options.Linger = Linger;
        _socket.Options.SendHighWatermark = 0; // no limit
        _socket.Options.MaxMsgSize = JupyterMessage.Largest;
        // A front end that comes back has the name it had before.
        if (_socket is RouterSocket)
            _socket.Options.RouterHandover = true;
        try
        {
            _socket.Bind(endpoint);
        }
        catch (NetMQException refused)
        {
            throw new UserException(
                $"cannot listen on {endpoint}: {refused.Message.TrimEnd('.')}. The connection file is from another kernel; let the front "
                    + "end write a new one.",
                refused);
        }
    }

    public void Send(IReadOnlyList<byte[]> frames)
    {
        lock (_sending)
        {
            if (_isClosed)
                return;
            try
            {
                _socket.SendMultipartBytes(frames);
            }
            catch (TerminatingException)
            {
                // The kernel ends.
            }
        }
    }

    public List<byte[]>? Receive(bool wait = true)
    {
        try
        {
            List<byte[]> frames = [];
            return wait ? _socket.ReceiveMultipartBytes() : _socket.TryReceiveMultipartBytes(ref frames) ? frames : null;
        }
        catch (TerminatingException)
        {
            return null;
        }
    }

    /// <summary>What was sent still leaves. No thread may be receiving.</summary>
    public void Dispose()
    {
        lock (_sending)
        {
            _isClosed = true;
            _socket.Dispose();
        }
    }
}
