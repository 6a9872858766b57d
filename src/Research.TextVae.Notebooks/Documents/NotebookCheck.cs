using System.Globalization;
using Research.TextVae.Notebooks.Engine;
using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Documents;

/// <summary>Runs a notebook afresh and compares what it says now with what is stored in it.</summary>
public sealed class NotebookCheck(TextWriter progress)
{
    /// <param name="Error">Why the notebook did not run to its end, or null.</param>
    /// <param name="Differences">A paragraph for each cell that says something else now.</param>
    public sealed record Outcome(CellError? Error, IReadOnlyList<string> Differences);

    /// <exception cref="UserException">The notebook stores nothing to compare with, or states a malformed tolerance.</exception>
    public Outcome Run(Notebook notebook, string path, RunSettings settings, CancellationToken interrupt = default)
    {
        if (notebook.Cells.All(cell => !cell.IsCode || cell.ExecutionCount is null))
            throw new UserException($"{path} stores no outputs to compare with. Run it first: textvae notebook run {path}");
        var general = CheckTolerance.Read(notebook.Metadata, new CheckTolerance(), path) ?? new CheckTolerance();
        var tolerances = notebook.Cells.Select((cell, i) => CheckTolerance.Read(cell.Metadata, general, $"{path}: cell {i + 1}")).ToList();

        var fresh = notebook.Clone();
        var error = new NotebookRunner(progress).Run(fresh, path, settings, interrupt);
        List<string> differences = [];
        foreach (var (stored, now, tolerance) in notebook.Cells.Zip(fresh.Cells, tolerances))
        {
            if (error is not null && now.ExecutionCount is null)
                break;
            if (!stored.IsCode || tolerance is null || now.ExecutionCount is null)
                continue;
            var lines = OutputComparison.Compare(stored.Outputs, now.Outputs, tolerance);
            if (lines.Count > 0)
                differences.Add(string.Create(CultureInfo.InvariantCulture, $"{path} cell {now.ExecutionCount} ({tolerance}):\n")
                    + string.Join('\n', lines.Select(line => "  " + line.Replace("\n", "\n  ", StringComparison.Ordinal))));
        }

        return new Outcome(error, differences);
    }
}
