namespace Research.TextVae.Notebooks.Engine;

/// <summary>A word and what it names, in Jupyter's terms: function, property, class, module, instance, keyword.</summary>
public sealed record CompletionItem(string Text, string Kind);
