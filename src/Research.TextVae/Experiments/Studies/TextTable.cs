namespace Research.TextVae.Experiments;

/// <summary>Texts side by side: source and translation, sentence and its neighbours, samples.</summary>
public sealed record TextTable(string Caption, IReadOnlyList<string> Headings, IReadOnlyList<IReadOnlyList<string>> Rows);
