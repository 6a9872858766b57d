namespace Research.TextVae.Experiments;

/// <summary>Whether an expectation held, and the figures that decided it.</summary>
public readonly record struct Check(bool Held, string Detail)
{
    public static implicit operator Check((bool Held, string Detail) verdict) => new(verdict.Held, verdict.Detail);
}
