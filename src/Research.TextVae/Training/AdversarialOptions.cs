namespace Research.TextVae.Training;

/// <summary>How generator and discriminator of a <see cref="Models.TextGan"/> take turns.</summary>
public sealed record AdversarialOptions
{
    /// <summary>Steps of the discriminator before each step of the generator.</summary>
    public int DiscriminatorSteps { get; init => field = Require.AtLeast(1, value); } = 2;

    /// <summary>Steps of the discriminator alone at the beginning, until it has something to say.</summary>
    public int Lead { get; init => field = Require.AtLeast(0, value); } = 100;

    /// <summary>Temperature of the relaxed draws in the first epoch; it falls geometrically.</summary>
    public double FirstTemperature { get; init => field = Require.Above(0, value); } = 1;

    /// <summary>Temperature at the end.</summary>
    public double LastTemperature { get; init => field = Require.Above(0, value); } = 0.5;

    /// <summary>Texts written after each epoch to see how real and how varied they are.</summary>
    public int ValidationSamples { get; init => field = Require.AtLeast(2, value); } = 2000;

    /// <summary>The temperature at a point of the training.</summary>
    /// <param name="share">How much of the training is done, 0 to 1.</param>
    // τ = τ₀ (τ₁ / τ₀)^s
    public double TemperatureAt(double share) => FirstTemperature * Math.Pow(LastTemperature / FirstTemperature, Math.Clamp(share, 0, 1));
}
