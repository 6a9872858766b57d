using System.Text.Json.Serialization;
using Research.TextVae.Kernels;

namespace Research.TextVae.Benchmarks;

/// <summary>A piece of work that our library does, most often beside a peer that does the same.</summary>
internal abstract record Benchmark(string Name, string Title)
{
    /// <summary>What the speed counts: tokens or bytes.</summary>
    public virtual string Unit => "tok";

    /// <summary>Units that one step goes through.</summary>
    public abstract double Units { get; }

    /// <summary>Operations of the matrix products of one step, two a multiply-add; 0 where that says nothing.</summary>
    public virtual double Operations => 0;

    /// <summary>
    /// What is random while time is measured and off (0) while the two sides' numbers are compared, since their generators differ: the
    /// dropout of a training; 1 for drawing tokens, 0 for taking the likeliest.
    /// </summary>
    public double Randomness { get; init; }

    /// <summary>
    /// Greatest relative difference allowed between the numbers of the two sides, the peer's in float32; null where a precision cannot
    /// be compared by them.
    /// </summary>
    // bfloat16 has eight bits of mantissa: a loss is a mean over many products, whose roundings mostly cancel.
    public virtual double? Tolerance(Precision precision) => precision == Precision.Float32 ? 1e-4 : 1e-2;

    /// <summary>The precisions of our matrix products that are measured: all that this processor has, where there are products.</summary>
    [JsonIgnore]
    public IReadOnlyList<Precision> Precisions =>
        Operations > 0 && KernelLibrary.HasBFloat16 ? [Precision.Float32, Precision.BFloat16] : [Precision.Float32];

    /// <summary>The ratio to reach in float32; 0 for none.</summary>
    [JsonIgnore]
    public double Goal { get; init; }

    /// <summary>The ratio to reach in bfloat16; 0 for none.</summary>
    [JsonIgnore]
    public double GoalInBFloat16 { get; init; }

    /// <summary>Who does the same, if anybody.</summary>
    [JsonIgnore]
    public virtual IReadOnlyList<Peer> Peers => [];

    /// <summary>Writes what both sides start from: weights, data and this description.</summary>
    public abstract void Prepare(string folder);

    /// <summary>Our side, in its own process.</summary>
    /// <param name="folder">What <see cref="Prepare"/> has written.</param>
    /// <param name="randomness"><see cref="Randomness"/>, or 0 while numbers are compared.</param>
    /// <param name="precision">What its products are computed in.</param>
    public abstract IWorker Start(string folder, double randomness, Precision precision);
}
