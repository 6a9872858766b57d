using System.Text;
using Research.TextVae.Kernels;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Benchmarks.Tokenizers;

/// <summary>Every sentence of Austen to the ids of GPT-2, on one thread; the peer gets all sentences in one batch.</summary>
internal sealed record BpeEncoding(string Name, string Title) : Benchmark(Name, Title)
{
    private static readonly Lazy<string[]> _sentences = new(() => [.. Corpus.Load("austen").Sentences.Select(sentence => sentence.Text)]);

    public override string Unit => "B";

    public override double Units => _sentences.Value.Sum(sentence => (double)Encoding.UTF8.GetByteCount(sentence));

    public override double? Tolerance(Precision precision) => 0;

    public override IReadOnlyList<Peer> Peers => [Peer.HuggingFaceTokenizers];

    public override void Prepare(string folder) => TokenizerPeer.PrepareEncoding(folder, _sentences.Value);

    public override IWorker Start(string folder, double dropout, Precision precision)
    {
        var (vocabulary, merges) = TokenizerPeer.Gpt2();
        return new Worker(BpeTokenizer.LoadGpt2(vocabulary, merges));
    }

    private sealed class Worker(BpeTokenizer tokenizer) : IWorker
    {
        /// <returns>A checksum of all ids in their order.</returns>
        public double Step()
        {
            var sum = 0u;
            foreach (var sentence in _sentences.Value)
            {
                foreach (var id in tokenizer.EncodeToIds(sentence))
                    sum = unchecked((sum * 31) + (uint)id);
            }

            return sum;
        }
    }
}
