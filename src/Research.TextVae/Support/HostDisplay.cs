using System.Reflection;

namespace Research.TextVae.Support;

/// <summary>A place in the output of a notebook's cell that changes while the cell runs, in the host that runs it.</summary>
public static class HostDisplay
{
    [ThreadStatic]
    private static Func<string, Action<string>>? _show;

    private static readonly Lazy<Func<string, Action<string>?>?> Interactive = new(FindInteractive);

    /// <summary>Shows markup in the cell that runs on the calling thread.</summary>
    /// <param name="html">The markup, which the caller has escaped.</param>
    /// <returns>What puts other markup into the same place; null where no cell is running or its host shows nothing before the
    /// end.</returns>
    public static Action<string>? Show(string html) => _show is { } show ? show(html) : Interactive.Value?.Invoke(html);

    /// <summary>Lets cells on the calling thread show by this from now on; null for not at all.</summary>
    /// <param name="show">Shows markup, and returns what replaces it.</param>
    public static void Use(Func<string, Action<string>>? show) => _show = show;

    // var shown = Kernel.display(Kernel.HTML(html)); shown.Update(Kernel.HTML(next))
    private static Func<string, Action<string>?>? FindInteractive()
    {
        const BindingFlags Static = BindingFlags.Public | BindingFlags.Static;
        var kernel = InteractiveHost.TypeOf("Kernel");
        if (InteractiveHost.Current is not { } current || kernel?.GetMethod("HTML", Static, [typeof(string)]) is not { } markup
            || kernel.GetMethod("display", Static, [typeof(object), typeof(string[])]) is not { } display
            || display.ReturnType.GetMethod("Update", [typeof(object)]) is not { } update)
            return null;
        return html =>
        {
            if (current.GetValue(null) is null)
                return null;
            var shown = display.Invoke(null, [markup.Invoke(null, [html]), Array.Empty<string>()]);
            return next => update.Invoke(shown, [markup.Invoke(null, [next])]);
        };
    }
}
