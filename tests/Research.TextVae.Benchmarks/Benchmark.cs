using System.Text.Json.Serialization;

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

    /// <summary>Dropout while time is measured; it is off while the two sides' numbers are compared.</summary>
    public double Dropout { get; init; }

    /// <summary>Greatest relative difference between the numbers of the two sides.</summary>
    [JsonIgnore]
    public virtual double Tolerance => 1e-4;

    /// <summary>The precisions of our matrix products that are measured.</summary>
    [JsonIgnore]
    public virtual IReadOnlyList<Precision> Precisions => [Precision.Float32];

    /// <summary>Who does the same, if anybody.</summary>
    [JsonIgnore]
    public virtual Peer? Peer => null;

    /// <summary>Writes what both sides start from: weights, data and this description.</summary>
    public abstract void Prepare(string folder);

    /// <summary>Our side, in its own process.</summary>
    /// <param name="folder">What <see cref="Prepare"/> has written.</param>
    /// <param name="dropout"><see cref="Dropout"/>, or 0 while numbers are compared.</param>
    public abstract IWorker Start(string folder, double dropout);
}
