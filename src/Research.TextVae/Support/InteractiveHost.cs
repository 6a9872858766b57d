using System.Reflection;

namespace Research.TextVae.Support;

/// <summary>.NET Interactive in this process, by reflection: most programs do not have it.</summary>
internal static class InteractiveHost
{
    private const string Name = "Microsoft.DotNet.Interactive";

    private static readonly Lazy<Assembly?> Loaded =
        new(() => AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(assembly => assembly.GetName().Name == Name));

    /// <summary>The execution of the cell that is running, null where there is none.</summary>
    public static PropertyInfo? Current =>
        TypeOf("KernelInvocationContext")?.GetProperty("Current", BindingFlags.Public | BindingFlags.Static);

    /// <summary>A type of its main namespace.</summary>
    public static Type? TypeOf(string name) => Loaded.Value?.GetType($"{Name}.{name}");
}
