namespace Research.TextVae.Benchmarks;

/// <summary>The training of an LSTM VAE at fixed shapes; every sentence has <see cref="Time"/> tokens.</summary>
internal sealed record Workload(
    string Name, string Title, int Vocabulary, int Embedding, int Hidden, int Latent, int Batch, int Time, double Dropout)
{
    /// <summary>Limit on the gradients' norm.</summary>
    public double Clip { get; init; } = 5;

    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Batches that both sides read and go round in.</summary>
    public int Batches { get; init; } = 8;

    public static IReadOnlyList<Workload> All { get; } =
    [
        new("lstm-vae", "LSTM VAE training", 10_000, 256, 256, 32, 32, 24, 0.5),
        new("sweep", "the model of recipes/vae-beta-sweep.csx", 3_000, 128, 128, 32, 32, 10, 0.3),
    ];

    public int Tokens => Batch * Time;

    /// <summary>
    /// Operations of the matrix products of one step: two a multiply-add, three products (forward, and the gradients of
    /// input and weight) for both LSTMs and the output layer. The rest is below one per cent.
    /// </summary>
    public double Operations =>
        3.0 * 2 * Tokens * (4.0 * Hidden * (Embedding + Hidden) + 4.0 * Hidden * (Embedding + Latent + Hidden) + (double)Hidden * Vocabulary);
}
