namespace Research.TextVae.Experiments;

/// <summary>How large a recipe's experiment is.</summary>
public enum Preset
{
    /// <summary>Minutes on an ordinary machine: the size its expectations are stated for.</summary>
    Standard,

    /// <summary>Seconds: shows that everything works, expectations about quality are not checked.</summary>
    Smoke,

    /// <summary>The scale of the literature.</summary>
    Full,
}
