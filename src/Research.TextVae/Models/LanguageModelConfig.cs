namespace Research.TextVae.Models;

/// <summary>A language model's configuration.</summary>
public abstract record LanguageModelConfig : ModelConfig
{
    /// <inheritdoc/>
    public abstract override LanguageModel Build(int vocabulary);
}
