namespace Research.TextVae.Notebooks.Engine;

/// <summary>What a running cell produces, in the order it produces it. Called from the cell's own threads, one call at a time.</summary>
public interface ICellOutput
{
    /// <summary>Whether someone watches the cell: then training shows its progress, which a stored notebook does not keep.</summary>
    bool IsWatched => false;

    /// <summary>Text written to standard output or standard error.</summary>
    /// <param name="name"><c>stdout</c> or <c>stderr</c>.</param>
    void Stream(string name, string text);

    /// <summary>A displayed value. Its place can be updated later by its id.</summary>
    void Display(MimeBundle bundle, string displayId);

    /// <summary>New content for what was displayed under the id, by this cell or an earlier one.</summary>
    void UpdateDisplay(MimeBundle bundle, string displayId);

    /// <summary>The value of the cell's trailing expression.</summary>
    void Result(MimeBundle bundle);
}
