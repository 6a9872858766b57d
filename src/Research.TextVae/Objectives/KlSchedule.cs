using System.Text.Json.Serialization;

namespace Research.TextVae.Objectives;

/// <summary>The weight β of the KL term over the course of training. A new schedule is a new record here.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "schedule")]
[JsonDerivedType(typeof(ConstantKl), "constant")]
[JsonDerivedType(typeof(LinearKl), "linear")]
public abstract record KlSchedule
{
    /// <param name="epoch">Epochs trained so far, with the fraction of the current one.</param>
    public abstract double WeightAt(double epoch);
}
