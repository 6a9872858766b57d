using System.Text;

namespace Research.TextVae.Support;

/// <summary>
/// What is written to the console where it cannot be: output that is lost is the user's to know of, in a line; a terminal that has closed
/// is no reason to end a run.
/// </summary>
internal sealed class StandardOutput(TextWriter inner, bool silent) : TextWriter
{
    private const int NoSuchTerminal = 5; // EIO

    private static int _guarded;

    /// <summary>From now on in this process.</summary>
    public static void Guard()
    {
        if (Interlocked.Exchange(ref _guarded, 1) != 0)
            return;
        Console.SetOut(new StandardOutput(Console.Out, silent: false));
        Console.SetError(new StandardOutput(Console.Error, silent: true));
    }

    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => Guarded(() => inner.Write(value));

    /// <inheritdoc/>
    public override void Write(string? value) => Guarded(() => inner.Write(value));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Guarded(() => inner.Write(buffer, index, count));

    /// <inheritdoc/>
    public override void WriteLine() => Guarded(inner.WriteLine);

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Guarded(() => inner.WriteLine(value));

    /// <inheritdoc/>
    public override void Flush() => Guarded(inner.Flush);

    private void Guarded(Action write)
    {
        try
        {
            write();
        }
        catch (IOException error) when (silent || (error.HResult & 0xFFFF) == NoSuchTerminal)
        {
            // There is nobody to tell.
        }
        catch (IOException error)
        {
            throw new UserException($"standard output cannot be written: {error.Message.TrimEnd('.')}.", error);
        }
    }
}
