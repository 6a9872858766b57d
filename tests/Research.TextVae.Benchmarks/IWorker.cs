namespace Research.TextVae.Benchmarks;

/// <summary>Our side of a benchmark.</summary>
internal interface IWorker
{
    /// <summary>Does the work once.</summary>
    /// <returns>A number that the peer must arrive at as well: a loss, a count, a checksum.</returns>
    double Step();
}
