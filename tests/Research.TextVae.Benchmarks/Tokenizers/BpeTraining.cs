using System.Text;
using Research.TextVae.Kernels;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Benchmarks.Tokenizers;

/// <summary>Byte-level BPE learned from all of Austen, to 30,000 tokens.</summary>
internal sealed record BpeTraining(string Name, string Title) : Benchmark(Name, Title)
{
    // The peer's default, of which the bytes that do not occur take no part.
    private const int PeerVocabulary = 30_000;

    private static readonly Lazy<byte[]> _text = new(() =>
        Encoding.UTF8.GetBytes(string.Concat(Corpus.Load("austen").Sentences.Select(sentence => sentence.Text + "\n"))));

    public override string Unit => "B";

    public override double Units => _text.Value.Length;

    public override double? Tolerance(Precision precision) => 0;

    public override IReadOnlyList<Peer> Peers => [Peer.HuggingFaceTokenizers];

    public override void Prepare(string folder)
    {
        File.WriteAllBytes(TextOf(folder), _text.Value);
        TokenizerPeer.PrepareTraining(folder, TextOf(folder));
    }

    public override IWorker Start(string folder, double dropout, Precision precision) => new Worker(
        TextOf(folder),
        new BpeTokenizerOptions { MaxVocabulary = Vocabulary.Markers.Count + 256 + PeerVocabulary - _text.Value.Distinct().Count() });

    private static string TextOf(string folder) => Path.Combine(folder, "text.txt");

    private sealed class Worker(string path, BpeTokenizerOptions options) : IWorker
    {
        /// <returns>A checksum of all merges in their order.</returns>
        public double Step()
        {
            var sum = 0u;
            foreach (var (left, right) in BpeTokenizer.Train(File.ReadLines(path).Select(line => line + "\n"), options).Merges)
            {
                foreach (var c in $"{left} {right}\n")
                    sum = unchecked((sum * 31) + c);
            }

            return sum;
        }
    }
}
