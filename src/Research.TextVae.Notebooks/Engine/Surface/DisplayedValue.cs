using Research.TextVae.Notebooks.Engine;
using Research.TextVae.Notebooks.Engine.Display;

namespace Microsoft.DotNet.Interactive;

/// <summary>A value that is on show and can be replaced.</summary>
public sealed class DisplayedValue
{
    private readonly string _id = Guid.NewGuid().ToString("N");

    private DisplayedValue()
    {
    }

    /// <summary>Shows another value in the same place.</summary>
    public void Update(object? value)
    {
        var bundle = ValueFormatter.Format(value, []);
        CellContext.Current?.Write(output => output.UpdateDisplay(bundle, _id));
    }

    internal static DisplayedValue Show(MimeBundle bundle)
    {
        var shown = new DisplayedValue();
        CellContext.Current?.Write(output => output.Display(bundle, shown._id));
        return shown;
    }
}
