namespace Research.TextVae.Models;

/// <summary>A model that knows what it was built from, so that it can be stored with its weights and built again.</summary>
public interface IConfigured
{
    /// <summary>What it was built from.</summary>
    ModelConfig Config { get; }
}
