namespace Research.TextVae.Notebooks.Documents;

/// <summary>Removes what execution put into a notebook.</summary>
public static class NotebookCleaner
{
    /// <summary>Outputs, counts and the mark of a failed cell.</summary>
    public static void Clear(Notebook notebook)
    {
        foreach (var cell in notebook.Cells.Where(cell => cell.IsCode))
        {
            cell.Outputs = [];
            cell.ExecutionCount = null;
            cell.Metadata.Remove("papermill");
            cell.Metadata.Remove("execution");
        }
    }
}
