namespace Research.TextVae.Models;

/// <summary>A model with the configuration that it was built from, so that it can be stored with its weights and built again.</summary>
public interface IConfigured
{
    /// <summary>What it was built from.</summary>
    ModelConfig Config { get; }
}
