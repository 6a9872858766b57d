using System.Collections;

namespace TorchSharp;

/// <summary>Named components in the order of their registration, which is the order of state dictionaries.</summary>
internal sealed class ComponentTable<T> : IEnumerable<(string name, T value)>
    where T : class
{
    private readonly List<(string name, T value)> entries = [];

    public T? Find(string name) => Index(name) is >= 0 and var i ? entries[i].value : null;

    public bool Contains(string name) => Index(name) >= 0;

    /// <summary>Adds the component, or replaces the one of that name in its place.</summary>
    public void Set(string name, T value)
    {
        if (Index(name) is >= 0 and var i)
            entries[i] = (name, value);
        else
            entries.Add((name, value));
    }

    public void Remove(string name) => entries.RemoveAll(entry => entry.name == name);

    public void Clear() => entries.Clear();

    public IEnumerator<(string name, T value)> GetEnumerator() => entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int Index(string name) => entries.FindIndex(entry => entry.name == name);
}
