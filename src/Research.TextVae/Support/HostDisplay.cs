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

    // Kernel.display would do, but the value that it returns has another id than the event that it publishes, so that a front end finds no
    // place for what is updated.
    private static Func<string, Action<string>?>? FindInteractive()
    {
        if (InteractiveHost.Current is not { } current || InteractiveHost.TypeOf("Events.DisplayedValueProduced") is not { } produced
            || InteractiveHost.TypeOf("Events.DisplayedValueUpdated") is not { } updated)
            return null;
        var publish = current.PropertyType.GetMethods().Single(method => method.Name == "Publish" && method.GetParameters().Length == 1);
        var command = current.PropertyType.GetProperty("Command")!;
        return html =>
        {
            if (current.GetValue(null) is not { } context)
                return null;
            var id = Guid.NewGuid().ToString("N");
            publish.Invoke(context, [Event(produced, html, id, command.GetValue(context))]);
            return next => publish.Invoke(context, [Event(updated, next, id, command.GetValue(context))]);
        };
    }

    private static object Event(Type type, string html, string id, object? command)
    {
        var create = type.GetConstructors().Single();
        var formats = Array.CreateInstance(type.GetProperty("FormattedValues")!.PropertyType.GetGenericArguments()[0], 1);
        formats.SetValue(Activator.CreateInstance(formats.GetType().GetElementType()!, "text/html", html), 0);
        return create.Invoke([.. create.GetParameters().Select(parameter => parameter.Name switch
        {
            "value" => html,
            "valueId" => id,
            "command" => command,
            "formattedValues" => formats,
            _ => Type.Missing,
        })]);
    }
}
