using System.Text;
using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Engine;

/// <summary>Takes the place of the console in this process: what a cell writes goes to the cell's output, all else where it went
/// before.</summary>
internal sealed class CellConsole(string stream, TextWriter process) : TextWriter
{
    private static readonly Lock Gate = new();
    private static bool _installed;

    public override Encoding Encoding => process.Encoding;

    /// <summary>Done before anything keeps a reference to the console's writers.</summary>
    public static void Install()
    {
        lock (Gate)
        {
            if (_installed)
                return;
            _installed = true;
            Console.SetOut(new CellConsole("stdout", Console.Out));
            Console.SetError(new CellConsole("stderr", Console.Error));
            Console.SetIn(new RefusingReader(Console.In));
        }
    }

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(string? value)
    {
        if (string.IsNullOrEmpty(value))
            return;
        if (CellContext.Current is { } cell)
            cell.Write(output => output.Stream(stream, value));
        else
            process.Write(value);
    }

    public override void WriteLine(string? value) => Write(value + "\n");

    public override void WriteLine() => Write("\n");

    public override void Flush()
    {
        if (CellContext.Current is null)
            process.Flush();
    }

    private sealed class RefusingReader(TextReader process) : TextReader
    {
        public override int Peek() => Source().Peek();

        public override int Read() => Source().Read();

        private TextReader Source() => CellContext.Current is null
            ? process
            : throw new UserException(
                "a cell cannot ask for input, because it must run without anyone there; put the value into the parameters cell.");
    }
}
