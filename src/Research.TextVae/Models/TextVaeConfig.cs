namespace Research.TextVae.Models;

/// <summary>What all variational autoencoders for text have in common.</summary>
public abstract record TextVaeConfig : ModelConfig
{
    /// <summary>Size of the latent code z.</summary>
    public int Latent { get; init => field = Require.AtLeast(1, value); } = 32;

    /// <inheritdoc/>
    public abstract override TextVaeModel Build(int vocabulary);
}
