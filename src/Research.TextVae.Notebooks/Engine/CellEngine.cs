using System.Diagnostics;
using System.Globalization;
using Microsoft.DotNet.Interactive;
using Research.TextVae.Notebooks.Documents;
using Research.TextVae.Notebooks.Engine.Display;
using Research.TextVae.Notebooks.Scripts;
using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Engine;

/// <summary>
/// Runs C# cells, one after another, each with the variables of those before. The same engine serves headless notebooks and the
/// Jupyter kernel; the language and the magic commands are those of .NET Interactive, as far as C# is concerned.
/// </summary>
public sealed class CellEngine : IDisposable
{
    // How long code that waits may take to end in good order before it is woken up.
    private static readonly TimeSpan Courtesy = TimeSpan.FromMilliseconds(500);

    private readonly string _folder;
    private readonly TimeSpan _patience;
    private readonly CellThread _thread = new();
    private readonly Submissions _submissions;
    private readonly Lock _running = new();

    /// <param name="folder">The folder of the notebook, to which the paths in cells are relative.</param>
    public CellEngine(string folder)
        : this(folder, TimeSpan.FromSeconds(3))
    {
    }

    /// <param name="patience">After this a cell that was stopped can only be in somebody else's code.</param>
    internal CellEngine(string folder, TimeSpan patience)
    {
        _patience = patience;
        CellConsole.Install();
        CellThread.KeepFailures();
        _folder = Path.GetFullPath(folder);
        _submissions = new Submissions(_folder);
        Assistant = new CodeAssistant(_submissions);
    }

    /// <summary>Completion, explanation and completeness of code that is being written.</summary>
    public CodeAssistant Assistant { get; }

    /// <summary>Runs a cell to its end.</summary>
    /// <param name="name">What messages call it: <c>cell 3</c>.</param>
    /// <param name="interrupt">
    /// Stops the cell at its next statement, turn of a loop, operator on tensors or wait. A call into a library that knows of none of these
    /// is not stopped; the cell ends when it returns, and until then the output says so.
    /// </param>
    public CellResult Execute(string code, string name, ICellOutput output, CancellationToken interrupt = default)
    {
        var watch = Stopwatch.StartNew();
        using var cooperative = CancellationTokenSource.CreateLinkedTokenSource(interrupt);
        using var giveUp = new CancellationTokenSource();
        var cell = new CellContext(this, output, cooperative.Token);
        using var ended = new ManualResetEventSlim();
        // A thread of its own: a cell may have filled the thread pool.
        var insisting = new Thread(() => Insist(cell, giveUp, ended)) { IsBackground = true, Name = "interrupt" };
        var insist = interrupt.Register(insisting.UnsafeStart);
        CellError? error = null;
        lock (_running)
        {
            _thread.Run(() =>
            {
                cell.Enter();
                CellInterrupt.Watch(cell.Cancellation);
                HostDisplay.Use(output.IsWatched ? ShowMarkup : null);
                try
                {
                    error = Run(code, name, cell, giveUp.Token);
                }
                finally
                {
                    CellInterrupt.Watch(CancellationToken.None);
                    HostDisplay.Use(null);
                    cell.Leave();
                }
            });
        }

        ended.Set();
        insist.Dispose();
        if (insisting.IsAlive)
            insisting.Join();
        return new CellResult(interrupt.IsCancellationRequested && error is not null ? CellError.Interrupted : error, watch.Elapsed);
    }

    // Of a cell that was told to stop: first it may end in good order, then it is no longer waited for, then its own waits are ended.
    private void Insist(CellContext cell, CancellationTokenSource giveUp, ManualResetEventSlim ended)
    {
        if (ended.Wait(Courtesy))
            return;
        giveUp.Cancel();
        var watch = Stopwatch.StartNew();
        var explained = false;
        for (var pause = Courtesy * 0.2; !ended.Wait(pause); pause = Courtesy)
        {
            _thread.WakeUp();
            if (explained || watch.Elapsed < _patience)
                continue;
            explained = true;
            cell.Write(output => output.Stream("stderr",
                "The cell is inside a call of a library and ends when that returns. Restart the kernel to stop it at once.\n"));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _submissions.Dispose();
        _thread.Dispose();
    }

    private static Action<string> ShowMarkup(string html)
    {
        var shown = Kernel.display(new HtmlContent(html));
        return next => shown.Update(new HtmlContent(next));
    }

    private CellError? Run(string code, string name, CellContext cell, CancellationToken giveUp)
    {
        try
        {
            var watch = Stopwatch.StartNew();
            var parts = CellParser.Parse(code, name);
            foreach (var part in parts)
                RunPart(part, name, cell, giveUp);
            if (cell.End() is { } failure)
                return CellTrace.Describe(failure, _submissions);
            if (parts.Any(part => part.Language == "#!time"))
                Show(MimeBundle.Of(MimeBundle.PlainText,
                    string.Create(CultureInfo.InvariantCulture, $"Wall time: {watch.Elapsed.TotalMilliseconds:F1}ms")), cell);
            return null;
        }
        catch (ScriptCompilationException mistakes)
        {
            return new CellError("CompilationError", mistakes.Errors[0], mistakes.Errors);
        }
        catch (OperationCanceledException) when (cell.Cancellation.IsCancellationRequested)
        {
            return CellError.Interrupted;
        }
        catch (UserException mistake) when (mistake.StackTrace?.Contains(nameof(CellParser), StringComparison.Ordinal) == true)
        {
            return new CellError("CompilationError", mistake.Message, [mistake.Message]);
        }
#pragma warning disable CA1031 // A cell can throw anything; this is where it ends.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return CellTrace.Describe(exception, _submissions);
        }
    }

    private void RunPart(CellPart part, string name, CellContext cell, CancellationToken giveUp)
    {
        switch (part.Language)
        {
            case CellPart.CSharp:
                RunCSharp(part.Code, name, cell, giveUp);
                break;
            case "#!time":
                break;
            case "#!import":
                Import(part.Code, name, cell, giveUp);
                break;
            case "#!who":
                Show(MimeBundle.Of(MimeBundle.PlainText, string.Join(' ', _submissions.Variables().Select(v => v.Name))), cell);
                break;
            case "#!whos":
                Show(ValueFormatter.Format(_submissions.Variables()
                    .Select(v => new { v.Name, Type = v.Type.Name, Value = Shortened(v.Value) }).ToList(), []), cell);
                break;
            case "#!lsmagic":
                Show(MimeBundle.Of(
                    MimeBundle.PlainText, string.Join('\n', CellParser.Magics.Select(magic => $"{magic.Key,-12} {magic.Value}"))), cell);
                break;
            case "application/javascript":
                Show(MimeBundle.Of(MimeBundle.Html, $"<script type=\"text/javascript\">\n{part.Code}\n</script>"), cell);
                break;
            default:
                Show(MimeBundle.Of(part.Language, part.Code), cell);
                break;
        }
    }

    private void RunCSharp(string code, string path, CellContext cell, CancellationToken giveUp)
    {
        var tree = Submissions.Parse(code, path);
        var start = _submissions.Add(tree, cell.Cancellation);
        var value = _thread.Await(start, giveUp);
        if (value is not null || Submissions.HasValue(tree) && IsExpressionOfValue())
        {
            var bundle = _thread.Await(() => Task.FromResult(ValueFormatter.Format(value, [])), giveUp);
            cell.Write(output => output.Result(bundle));
        }
    }

    // A trailing call of a void method has no value to show.
    private bool IsExpressionOfValue() =>
        _submissions.LatestValueType() is { SpecialType: not Microsoft.CodeAnalysis.SpecialType.System_Void };

    private void Import(string argument, string name, CellContext cell, CancellationToken giveUp)
    {
        var path = Path.GetFullPath(argument.Trim('"'), _folder);
        if (!File.Exists(path))
            throw new UserException($"{name}: there is no file '{Excerpt.Of(argument)}' to import in {_folder}");
        if (!path.EndsWith(".ipynb", StringComparison.OrdinalIgnoreCase))
        {
            RunCSharp(File.ReadAllText(path), path, cell, giveUp);
            return;
        }

        var number = 0;
        foreach (var imported in Notebook.Load(path).Cells.Where(c => c.IsCode))
        {
            number++;
            foreach (var part in CellParser.Parse(imported.Source, $"{argument} cell {number}"))
                RunPart(part, $"{argument} cell {number}", cell, giveUp);
        }
    }

    private static void Show(MimeBundle bundle, CellContext cell) =>
        cell.Write(output => output.Display(bundle, Guid.NewGuid().ToString("N")));

    private static string Shortened(object? value) => ValueFormatter.Text(value).ReplaceLineEndings(" ") is { Length: > 80 } text
        ? text[..79] + "…"
        : ValueFormatter.Text(value).ReplaceLineEndings(" ");
}
