using Research.TextVae.Kernels;
using Research.TextVae.Models.NGram;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Benchmarks.NGram;

/// <summary>An n-gram model of all of Austen, trained anew in each step, or scoring the whole text in each step; one thread.</summary>
internal sealed record NGramWork(string Name, string Title, bool Scoring) : Benchmark(Name, Title)
{
    private static readonly Lazy<(List<int[]> Sentences, int Vocabulary)> _text = new(Read);

    public int Order { get; init; } = 5;

    public override double Units => _text.Value.Sentences.Sum(sentence => sentence.Length + 1L);

    public override void Prepare(string folder)
    {
    }

    public override IWorker Start(string folder, double dropout, Precision precision) => new Worker(this);

    private static (List<int[]> Sentences, int Vocabulary) Read()
    {
        var texts = Corpus.Load("austen").Sentences.Select(sentence => sentence.Text).ToList();
        var tokenizer = WordTokenizer.Train(texts, new WordTokenizerOptions { MaxVocabulary = 100_000 });
        return (texts.ConvertAll(text => tokenizer.EncodeToIds(text).ToArray()), tokenizer.Vocabulary.Count);
    }

    private sealed class Worker(NGramWork work) : IWorker
    {
        private readonly NGramModel? _model = work.Scoring ? Train(work.Order) : null;

        // The text's perplexity, or the number of n-grams of the highest order.
        public double Step() => _model?.Perplexity(_text.Value.Sentences) ?? Train(work.Order).Count(work.Order);

        private static NGramModel Train(int order) => NGramModel.Train(_text.Value.Sentences, _text.Value.Vocabulary, order);
    }
}
