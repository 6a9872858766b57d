namespace Research.TextVae.Notebooks.Engine;

/// <summary>What could stand in place of the word from <paramref name="Start"/> to <paramref name="End"/>, in UTF-16 units.</summary>
public sealed record Completions(IReadOnlyList<CompletionItem> Items, int Start, int End);
