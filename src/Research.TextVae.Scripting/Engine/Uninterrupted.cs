namespace Research.TextVae.Scripting.Engine;

/// <summary>Work that an interrupt of the cell must not stop in the middle: the runtime does not abort a thread in a finally block.</summary>
internal static class Uninterrupted
{
    public static void Run(Action action)
    {
        try
        {
        }
        finally
        {
            action();
        }
    }
}
