using System.Globalization;
using System.Text.Json.Nodes;
using Research.TextVae.Notebooks.Engine;
using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Documents;

/// <summary>Runs all code cells of a notebook in a fresh engine, and stores what they produce in it.</summary>
/// <param name="progress">Where a line for every cell is written.</param>
public sealed class NotebookRunner(TextWriter progress)
{
    private const string RaisesException = "raises-exception";
    private const string SkipExecution = "skip-execution";

    // After a cell was told to stop: the engine's own patience, and some more.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Runs until the end, the first error or an interrupt. The notebook then holds everything produced so far, with the error in its
    /// cell; outputs that were stored before are gone, in cells that were not reached too.
    /// </summary>
    /// <param name="path">The notebook's file: paths in cells are relative to its folder, which becomes the current folder.</param>
    /// <returns>Null when all went well.</returns>
    public CellError? Run(Notebook notebook, string path, RunSettings settings, CancellationToken interrupt = default)
    {
        NotebookParameters.Inject(notebook, settings.Parameters, path);
        NotebookCleaner.Clear(notebook);
        if (settings.PrepareOnly)
            return null;

        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = folder;
        try
        {
            using var engine = new CellEngine(folder);
            return RunCells(engine, notebook, path, settings, interrupt);
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    private CellError? RunCells(CellEngine engine, Notebook notebook, string path, RunSettings settings, CancellationToken interrupt)
    {
        var cells = notebook.Cells.Where(cell => cell.IsCode && cell.Source.AsSpan().Trim().Length > 0
            && !cell.Tags.Contains(SkipExecution)).ToList();
        var outputs = new OutputCollector();
        for (var i = 0; i < cells.Count; i++)
        {
            var cell = cells[i];
            outputs.Begin(i + 1);
            var result = RunCell(engine, cell, i + 1, outputs, settings.CellTimeout, interrupt);
            if (result.Error is { } raised)
                outputs.Error(raised);
            cell.Outputs = outputs.Take();
            cell.ExecutionCount = i + 1;
            progress.WriteLine(
                string.Create(CultureInfo.InvariantCulture,
                    $"{path} [{i + 1}/{cells.Count}] {result.Elapsed.TotalSeconds,6:F1} s  {(result.Succeeded ? "" : "✗ ")}{Title(cell)}"));
            if (result.Error is { } error && (error.ExitCode == ExitCode.Interrupted || !cell.Tags.Contains(RaisesException)))
            {
                // papermill's mark of the cell that failed.
                cell.Metadata["papermill"] = new JsonObject { ["exception"] = true, ["status"] = "failed" };
                return error;
            }
        }

        return null;
    }

    private static CellResult RunCell(
        CellEngine engine, NotebookCell cell, int number, OutputCollector outputs, TimeSpan? timeout, CancellationToken interrupt)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(interrupt);
        if (timeout is { } limit)
            stop.CancelAfter(limit);
        var name = string.Create(CultureInfo.InvariantCulture, $"cell {number}");
        var code = cell.Language == "csharp" ? cell.Source : $"#!{cell.Language}\n{cell.Source}";
        var execution = Task.Run(() => engine.Execute(code, name, outputs, stop.Token), CancellationToken.None);

        // A native call that does not return is left behind: the copy is written and the process ends.
        using var overdue = new ManualResetEventSlim();
        using var countdown =
            stop.Token.Register(() => _ = Task.Delay(Grace, CancellationToken.None).ContinueWith(_ => Set(overdue), TaskScheduler.Default));
        WaitHandle.WaitAny([((IAsyncResult)execution).AsyncWaitHandle, overdue.WaitHandle]);
        var result = execution.IsCompleted ? execution.GetAwaiter().GetResult() : new CellResult(CellError.Interrupted, timeout ?? Grace);
        if (result.Error == CellError.Interrupted && !interrupt.IsCancellationRequested)
        {
            var message = string.Create(CultureInfo.InvariantCulture,
                $"the cell took longer than the {timeout!.Value.TotalSeconds:0.###} s that --execution-timeout allows");
            return result with { Error = new CellError("Timeout", message, [$"{name}: {message}"]) };
        }

        return result;
    }

    private static void Set(ManualResetEventSlim handle)
    {
        try
        {
            handle.Set();
        }
        catch (ObjectDisposedException)
        {
            // The cell ended in time.
        }
    }

    // The first line that says something.
    private static string Title(NotebookCell cell)
    {
        var line = cell.Source.Split('\n').Select(l => l.Trim())
            .FirstOrDefault(l => l.Length > 0 && !l.StartsWith('#') && !l.StartsWith("using ", StringComparison.Ordinal))
                ?? cell.Source.Trim().Split('\n')[0];
        return line.Length > 60 ? line[..59] + "…" : line;
    }
}
