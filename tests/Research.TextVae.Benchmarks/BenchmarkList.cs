using Research.TextVae.Benchmarks.Dense;
using Research.TextVae.Benchmarks.NGram;
using Research.TextVae.Benchmarks.PlainTorch;
using Research.TextVae.Benchmarks.Recurrent;
using Research.TextVae.Benchmarks.Tokenizers;
using Research.TextVae.Benchmarks.Transformer;
using Research.TextVae.Support;

namespace Research.TextVae.Benchmarks;

/// <summary>All benchmarks by name.</summary>
internal static class BenchmarkList
{
    public static IReadOnlyList<Benchmark> All { get; } =
    [
        new LstmVaeTraining("lstm-vae", "LSTM VAE training", 10_000, 256, 256, 32, 32, 24)
        {
            Randomness = 0.5,
            Goal = 2.8,
            GoalInBFloat16 = 2.8,
        },
        new PlainTorchTraining("plain-torchsharp", "TorchSharp's own LSTM VAE beside the library, against without it",
            new("lstm-vae", "", 10_000, 256, 256, 32, 32, 24)) { Randomness = 0.5 },
        new LstmVaeTraining("sweep", "training of the model of recipes/vae-beta-sweep.csx", 3_000, 128, 128, 32, 32, 10)
        {
            Randomness = 0.3,
            Goal = 3,
            GoalInBFloat16 = 4,
        },
        new LstmLmTraining("lstm-lm", "LSTM LM training", 10_000, 256, 256, 1, 32, 24)
        {
            Randomness = 0.5,
            Goal = 2.6,
            GoalInBFloat16 = 2.6,
        },
        new LstmDecoding("lstm-write", "LSTM sampling, 32 texts at once", 10_000, 256, 256, 1, 32, 60)
        {
            Randomness = 1,
            Goal = 10,
            GoalInBFloat16 = 16,
        },
        new LstmDecoding("lstm-write-1", "LSTM sampling, one text", 10_000, 256, 256, 1, 1, 60)
        {
            Randomness = 1,
            Goal = 8,
            GoalInBFloat16 = 12,
        },
        new DenseVaeTraining("dense-vae", "training of a VAE of bags of words", 10_000, 256, 32, 128, 50)
        {
            Goal = 3.5,
            GoalInBFloat16 = 4,
        },
        new NGramWork("ngram-training", "counting and smoothing a 5-gram model of all of Austen", Scoring: false),
        new NGramWork("ngram-scoring", "a 5-gram model scores all of Austen", Scoring: true),
        new TransformerLmTraining("transformer", "Transformer LM training", 10_000, 256, 4, 4, 1024, 16, 128)
        {
            Clip = 1,
            Batches = 4,
            Randomness = 0.1,
            Goal = 2,
            GoalInBFloat16 = 2.2,
        },
        new TransformerDecoding("transformer-write", "Transformer sampling, 16 texts at once", 10_000, 256, 4, 4, 1024, 16, 128)
        {
            Randomness = 1,
            Goal = 6,
            GoalInBFloat16 = 12,
        },
        new TransformerDecoding("transformer-write-1", "Transformer sampling, one text", 10_000, 256, 4, 4, 1024, 1, 128)
        {
            Randomness = 1,
            Goal = 8,
            GoalInBFloat16 = 12,
        },
        new BpeEncoding("bpe-encode", "encoding of Austen with GPT-2's vocabulary") { Goal = 20 },
        new BpeTraining("bpe-train", "training of a BPE vocabulary of 30,000 on Austen") { Goal = 1 },
    ];

    /// <exception cref="UserException">There is none of that name.</exception>
    public static Benchmark Named(string name) => name.StartsWith(Scaling.Prefix, StringComparison.Ordinal)
        ? Scaling.Variant(name)
        : All.FirstOrDefault(benchmark => benchmark.Name == name)
        ?? throw new UserException(
            $"there is no benchmark \"{name}\"; there are {string.Join(", ", All.Select(benchmark => benchmark.Name))} scaling and all.");
}
