using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Training;

/// <summary>
/// The training of word vectors. A batch is a number of sentences with all their pairs of near words; which pairs, and the words
/// drawn against them, follow from Seed, epoch and batch alone. The loss is in nats per pair.
/// </summary>
public sealed class SkipGramTask : TrainingTask
{
    private readonly SkipGram _model;
    private readonly IReadOnlyList<int[]> _train;
    private readonly IReadOnlyList<int[]> _validation;
    private readonly SkipGramOptions _options;
    private readonly double[] _kept; // the probability that a word is
    private readonly Tensor _noise; // p_n, [vocabulary]
    private (int Epoch, int[] Sentences)? _order;

    /// <param name="model">The vectors.</param>
    /// <param name="train">Sentences to train on.</param>
    /// <param name="validation">Sentences to choose the best vectors by.</param>
    /// <param name="options">Which pairs.</param>
    public SkipGramTask(
        SkipGram model, IReadOnlyList<int[]> train, IReadOnlyList<int[]> validation, SkipGramOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(options);
        (_model, _train, _validation, _options) = (model, train, validation, options);
        var counts = new double[model.Table.shape[0]];
        foreach (var word in train.SelectMany(sentence => sentence).Where(IsWord))
            counts[word]++;
        var all = counts.Sum();
        if (all == 0)
            throw new UserException("there is no word to learn vectors from: give more text.");
        _kept = Array.ConvertAll(counts, count => count == 0 ? 0 : Math.Min(1, Math.Sqrt(options.Subsampling * all / count)));
        _noise = tensor(Array.ConvertAll(counts, count => (float)(count == 0 ? 0 : Math.Pow(count / all, options.NoisePower))));
    }

    /// <inheritdoc/>
    public override nn.Module Model => _model;

    /// <inheritdoc/>
    public override int BatchesPerEpoch(int epoch) => (_train.Count + Options.BatchSize - 1) / Options.BatchSize;

    /// <inheritdoc/>
    public override StepLoss Loss(int epoch, int batch, double progress)
    {
        var sentences = Order(epoch).Skip(batch * Options.BatchSize).Take(Options.BatchSize).Select(i => _train[i]);
        var (loss, pairs) = Loss(sentences, StableRandom.Derive(StableRandom.Derive(Seed, (ulong)epoch), (ulong)batch));
        return new StepLoss(loss, loss.detach(), pairs);
    }

    /// <inheritdoc/>
    public override ValidationResult Validate()
    {
        using var _ = no_grad();
        var (sum, count) = (0.0, 0L);
        foreach (var (part, i) in _validation.Chunk(Options.BatchSize).Select((part, i) => (part, i)))
        {
            HostInterruption.Check();
            using var scope = NewDisposeScope();
            var (loss, pairs) = Loss(part, StableRandom.Derive(~Seed, (ulong)i));
            (sum, count) = (sum + loss.item<float>() * pairs, count + pairs);
        }

        var mean = sum / Math.Max(1, count);
        return new ValidationResult(mean, new LikelihoodMetrics
        {
            Examples = Math.Max(1, count),
            Tokens = Math.Max(1, count),
            Reconstruction = mean,
        });
    }

    private static bool IsWord(int id) => id >= Vocabulary.Markers.Count;

    private (Tensor Loss, long Pairs) Loss(IEnumerable<int[]> sentences, ulong stream)
    {
        var random = new StableRandom(stream);
        var (centres, contexts) = (new List<long>(), new List<long>());
        foreach (var sentence in sentences)
        {
            int[] words = [.. sentence.Where(word => IsWord(word) && random.NextDouble() < _kept[word])];
            for (var at = 0; at < words.Length; at++)
            {
                var reach = 1 + random.Next(_options.Window);
                for (var near = Math.Max(0, at - reach); near <= Math.Min(words.Length - 1, at + reach); near++)
                {
                    if (near == at)
                        continue;
                    centres.Add(words[at]);
                    contexts.Add(words[near]);
                }
            }
        }

        if (centres.Count == 0)
            return ((_model.Table * 0).sum(), 0);
        using var generator = new Generator(stream);
        var drawn = _noise.multinomial((long)centres.Count * _options.Negatives, replacement: true, generator);
        var device = _model.Table.device;
        var loss = _model.Loss(
            tensor(centres.ToArray(), device: device), tensor(contexts.ToArray(), device: device),
            drawn.view(centres.Count, _options.Negatives).to(device));
        return (loss, centres.Count);
    }

    private int[] Order(int epoch)
    {
        if (_order is { } known && known.Epoch == epoch)
            return known.Sentences;
        var sentences = Enumerable.Range(0, _train.Count).ToArray();
        new StableRandom(StableRandom.Derive(Seed, (ulong)epoch)).Shuffle<int>(sentences);
        _order = (epoch, sentences);
        return sentences;
    }
}
