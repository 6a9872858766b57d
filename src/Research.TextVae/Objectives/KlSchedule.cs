using System.Text.Json.Serialization;
using Research.TextVae.Support;

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
    /// <summary>The weight at a point of the training.</summary>
    /// <param name="epoch">Epochs trained so far, with the fraction of the current one.</param>
    public abstract double At(double epoch);

    /// <summary>The weight the schedule leads to; models are chosen by the validation loss at this weight.</summary>
    [JsonIgnore]
    public abstract double Final { get; }

    /// <summary>Epochs until the weight has first come up to <see cref="Final"/>. Until then a worse validation loss is no sign that
    /// training has stalled.</summary>
    [JsonIgnore]
    public virtual double WarmUpEpochs => 0;

    /// <summary>The same weight throughout; see <see cref="ConstantKl"/>.</summary>
    public static ConstantKl Constant(double weight) => new(weight);

    /// <summary>A linear warm-up; see <see cref="LinearKl"/>.</summary>
    public static LinearKl Linear(double epochs, double to = 1, double from = 0) => new() { Epochs = epochs, To = to, From = from };

    /// <summary>A warm-up along a logistic curve; see <see cref="SigmoidKl"/>.</summary>
    public static SigmoidKl Sigmoid(double midpoint, double width, double to = 1) => new() { Midpoint = midpoint, Width = width, To = to };

    /// <summary>A warm-up along half a cosine wave; see <see cref="CosineKl"/>.</summary>
    public static CosineKl Cosine(double epochs, double to = 1) => new() { Epochs = epochs, To = to };

    /// <summary>Warm-ups in cycles; see <see cref="CyclicalKl"/>.</summary>
    public static CyclicalKl Cyclical(double period, double rising = 0.5, double to = 1, int cycles = 0) =>
        new() { Period = period, Rising = rising, To = to, Cycles = cycles };

    /// <summary>Weight 0 for some epochs, then this schedule from its beginning; see <see cref="DelayedKl"/>.</summary>
    public DelayedKl After(double epochs) => new() { Delay = epochs, Then = this };
}

/// <summary>The same weight throughout: β = 1 is the ELBO, another β the β-VAE (Higgins et al. 2017), 0 an autoencoder.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ConstantKl : KlSchedule
{
    /// <summary>Gives the KL term the same weight β ≥ 0 throughout training.</summary>
    public ConstantKl(double weight) => Weight = weight;

    /// <summary>β.</summary>
    public double Weight { get; init => field = Require.AtLeast(0, value); }

    /// <inheritdoc/>
    [JsonIgnore]
    public override double Final => Weight;

    /// <inheritdoc/>
    public override double At(double epoch) => Weight;
}

/// <summary>Linear warm-up of the KL weight (Bowman et al. 2016, section 3.1).</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LinearKl : KlSchedule
{
    /// <summary>The weight at the start.</summary>
    public double From { get; init => field = Require.AtLeast(0, value); }

    /// <summary>The weight after the warm-up.</summary>
    public double To { get; init => field = Require.AtLeast(0, value); } = 1;

    /// <summary>Length of the warm-up in epochs; fractions count.</summary>
    public double Epochs { get; init => field = Require.Above(0, value); } = 10;

    /// <inheritdoc/>
    [JsonIgnore]
    public override double Final => To;

    /// <inheritdoc/>
    [JsonIgnore]
    public override double WarmUpEpochs => Epochs;

    /// <inheritdoc/>
    // β(e) = from + (to − from) · min(1, e / epochs)
    public override double At(double epoch) => From + (To - From) * Math.Min(1, epoch / Epochs);
}

/// <summary>Warm-up along a logistic curve (Bowman et al. 2016, figure 2).</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SigmoidKl : KlSchedule
{
    /// <summary>Epochs after which half the weight is reached.</summary>
    public double Midpoint { get; init => field = Require.AtLeast(0, value); } = 5;

    /// <summary>Epochs between about an eighth and seven eighths of the weight are four of these.</summary>
    public double Width { get; init => field = Require.Above(0, value); } = 1;

    /// <summary>The weight it leads to.</summary>
    public double To { get; init => field = Require.AtLeast(0, value); } = 1;

    /// <inheritdoc/>
    [JsonIgnore]
    public override double Final => To;

    /// <summary>Epochs to 99 % of the weight, which the curve never reaches.</summary>
    [JsonIgnore]
    public override double WarmUpEpochs => Midpoint + Width * Math.Log(99);

    /// <inheritdoc/>
    // β(e) = to / (1 + exp(−(e − midpoint) / width))
    public override double At(double epoch) => To / (1 + Math.Exp((Midpoint - epoch) / Width));
}

/// <summary>Warm-up along half a cosine wave: slow at both ends.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CosineKl : KlSchedule
{
    /// <summary>Length of the warm-up in epochs; fractions count.</summary>
    public double Epochs { get; init => field = Require.Above(0, value); } = 10;

    /// <summary>The weight it leads to.</summary>
    public double To { get; init => field = Require.AtLeast(0, value); } = 1;

    /// <inheritdoc/>
    [JsonIgnore]
    public override double Final => To;

    /// <inheritdoc/>
    [JsonIgnore]
    public override double WarmUpEpochs => Epochs;

    /// <inheritdoc/>
    // β(e) = to · ½ (1 − cos(π min(1, e / epochs)))
    public override double At(double epoch) => To * 0.5 * (1 - Math.Cos(Math.PI * Math.Min(1, epoch / Epochs)));
}

/// <summary>Linear warm-ups repeated in cycles (Fu et al. 2019, equation 6): each restart lets the code be learnt anew.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CyclicalKl : KlSchedule
{
    /// <summary>Length of a cycle in epochs.</summary>
    public double Period { get; init => field = Require.Above(0, value); } = 10;

    /// <summary>Share of a cycle in which the weight rises; it stays for the rest.</summary>
    public double Rising { get; init => field = Require.Above(0, Require.Within(0.0, 1.0, value)); } = 0.5;

    /// <summary>Cycles, after which the weight stays; without end when 0.</summary>
    public int Cycles { get; init => field = Require.AtLeast(0, value); }

    /// <summary>The weight it leads to.</summary>
    public double To { get; init => field = Require.AtLeast(0, value); } = 1;

    /// <inheritdoc/>
    [JsonIgnore]
    public override double Final => To;

    /// <summary>Those of all cycles but the stay of the last one; of the first cycle where they never end.</summary>
    [JsonIgnore]
    public override double WarmUpEpochs => Math.Max(0, Cycles - 1) * Period + Rising * Period;

    /// <inheritdoc/>
    // β(e) = to · min(1, τ / rising),   τ = (e mod period) / period
    public override double At(double epoch) =>
        Cycles > 0 && epoch >= Cycles * Period ? To : To * Math.Min(1, epoch % Period / Period / Rising);
}

/// <summary>An autoencoder first: weight 0 for a while, then another schedule from its beginning.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DelayedKl : KlSchedule
{
    /// <summary>Epochs of weight 0.</summary>
    public double Delay { get; init => field = Require.AtLeast(0, value); } = 2;

    /// <summary>What follows.</summary>
    public KlSchedule Then { get; init; } = new LinearKl();

    /// <inheritdoc/>
    [JsonIgnore]
    public override double Final => Then.Final;

    /// <inheritdoc/>
    [JsonIgnore]
    public override double WarmUpEpochs => Delay + Then.WarmUpEpochs;

    /// <inheritdoc/>
    public override double At(double epoch) => epoch < Delay ? 0 : Then.At(epoch - Delay);
}
