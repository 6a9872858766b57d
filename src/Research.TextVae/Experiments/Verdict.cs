namespace Research.TextVae.Experiments;

/// <summary>Whether an expectation held, and the figures that decided it.</summary>
public readonly record struct Verdict(bool Held, string Detail)
{
    public static implicit operator Verdict((bool Held, string Detail) verdict) => new(verdict.Held, verdict.Detail);
}
