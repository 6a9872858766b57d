namespace Research.TextVae.Notebooks.Jupyter;

/// <summary>What carries the messages of a channel, each a list of frames.</summary>
internal interface IMessageSocket
{
    /// <summary>Sends a message; any thread may while no other receives.</summary>
    void Send(IReadOnlyList<byte[]> frames);

    /// <summary>The next message; null when the channel was shut down, or, if not to wait, when there is none.</summary>
    List<byte[]>? Receive(bool wait = true);
}
