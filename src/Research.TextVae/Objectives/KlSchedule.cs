using System.Text.Json.Serialization;

namespace Research.TextVae.Objectives;

/// <summary>The weight β of the KL term over the course of training. A new schedule is a new record here.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "schedule")]
[JsonDerivedType(typeof(ConstantKl), "constant")]
[JsonDerivedType(typeof(LinearKl), "linear")]
[JsonDerivedType(typeof(SigmoidKl), "sigmoid")]
[JsonDerivedType(typeof(CosineKl), "cosine")]
[JsonDerivedType(typeof(CyclicalKl), "cyclical")]
[JsonDerivedType(typeof(DelayedKl), "delayed")]
public abstract record KlSchedule
{
    /// <param name="epoch">Epochs trained so far, with the fraction of the current one.</param>
    public abstract double At(double epoch);

    /// <summary>The weight the schedule leads to; models are chosen by the validation loss at this weight.</summary>
    [JsonIgnore]
    public abstract double Final { get; }
}
