using Research.TextVae.Models;
using Research.TextVae.Models.Layers;
using Research.TextVae.Support;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Research.TextVae.Synthetic;

/// <summary>
/// A source of sentences whose likelihood is known: z ~ N(0, I) in two dimensions, then words from an LSTM with fixed random weights
/// that sees z only where it chooses the next word (after the synthetic data of Kim et al. 2018). Because the LSTM's states do not
/// depend on z, p(x|z) can be had on a whole grid of codes, and p(x) = ∫ p(z) p(x|z) dz by quadrature.
/// </summary>
// h_t = LSTM(h_{t−1}, x_t),   p(x_{t+1} | x_{≤t}, z) = softmax( V tanh( W h_t + U z ) )
public sealed class LstmOracle : Module<Tensor, Tensor, Tensor>
{
    /// <summary>Size of z.</summary>
    public const int Latent = 2;

    private const int Markers = 4; // <pad>, <s>, </s>, <unk>
    private readonly EmbeddingLayer embedding;
    private readonly RecurrentLayer lstm;
    private readonly LinearLayer hidden_layer;
    private readonly LinearLayer code_layer;
    private readonly LinearLayer output;

    /// <param name="seed">Decides the weights.</param>
    /// <param name="words">Words, the markers not counted.</param>
    /// <param name="length">Words of every sentence.</param>
    /// <param name="width">Of embedding and state.</param>
    /// <param name="strength">How strongly the code acts on the words: the scale of U.</param>
    /// <param name="contrast">How unequal the words' probabilities are: a factor of V.</param>
    public LstmOracle(ulong seed, int words = 1000, int length = 5, int width = 100, double strength = 3, double contrast = 1)
        : base(nameof(LstmOracle))
    {
        (Words, Length) = (words, length);
        embedding = new EmbeddingLayer(words + Markers, width);
        lstm = new RecurrentLayer(width, width);
        hidden_layer = new LinearLayer(width, width);
        code_layer = new LinearLayer(Latent, width, hasBias: false);
        output = new LinearLayer(width, words);
        RegisterComponents();
        this.KeepTensors();
        using var generator = new Generator(seed);
        using var _ = no_grad();
        foreach (var (name, parameter) in named_parameters())
        {
            var scale = name.StartsWith("code_layer", StringComparison.Ordinal)
                ? strength
                : name.StartsWith("embedding", StringComparison.Ordinal)
                ? 1
                : Math.Sqrt(3.0 / width) * 2;
            parameter.copy_((rand(parameter.shape, generator: generator) * 2 - 1) * scale);
            if (name.StartsWith("output", StringComparison.Ordinal))
                parameter.mul_(contrast);
            parameter.requires_grad = false;
        }
    }

    /// <summary>Number of words, the markers not included.</summary>
    public int Words { get; }

    /// <summary>Number of words of each sentence.</summary>
    public int Length { get; }

    /// <summary>Tokens of the vocabulary, the markers included; word i is token i + 4.</summary>
    public int Vocabulary => Words + Markers;

    /// <summary>Draws sentences.</summary>
    /// <returns>The sentences and the code each was written from; [count, latent].</returns>
    public (EncodedSentences Sentences, Tensor Codes) Sample(int count, ulong seed)
    {
        var z = StandardNormal.Sample(count, Latent, seed);
        return (Sample(z, seed + 1), z);
    }

    /// <summary>Draws a sentence from each of these codes.</summary>
    /// <param name="z">[count, latent].</param>
    /// <param name="seed">Seed of the words.</param>
    public EncodedSentences Sample(Tensor z, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(z);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var generator = new Generator(seed);
        var count = z.shape[0];
        var tokens = full([count, 1], (long)Tokenizers.Vocabulary.BosId, ScalarType.Int64);
        for (var t = 0; t < Length; t++)
        {
            var logits = call(tokens, z).select(1, t); // [count, words]
            // Gumbel: argmax of logits − log(−log u) is a draw from their softmax.
            var uniform = rand([count, Words], ScalarType.Float64, generator: generator).clamp(1e-300, 1);
            var next = (logits.to_type(ScalarType.Float64) - (-uniform.log()).log()).argmax(1, true) + Markers;
            tokens = cat([tokens, next], 1);
        }

        var ids = tokens.slice(1, 1, Length + 1, 1).data<long>().ToArray();
        int[][] sentences = [.. ids.Chunk(Length).Select(sentence => Array.ConvertAll(sentence, id => (int)id))];
        return Set(sentences);
    }

    /// <summary>Logits of the next word after each token.</summary>
    /// <param name="tokens">int64 [batch, time].</param>
    /// <param name="z">[batch, latent].</param>
    /// <returns>[batch, time, words].</returns>
    public override Tensor forward(Tensor tokens, Tensor z) =>
        output.call((States(tokens) + code_layer.call(z).unsqueeze(1)).tanh());

    /// <summary>log p(x|z) of each sentence at each of some codes that all sentences share.</summary>
    /// <param name="targets">int64 [batch, time], <c>&lt;/s&gt;</c> last; the end is certain and costs nothing.</param>
    /// <param name="codes">[codes, latent].</param>
    /// <returns>float64 [batch, codes], in nats.</returns>
    public Tensor LogLikelihood(Tensor targets, Tensor codes)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(codes);
        const long rowsAtOnce = 4096;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var words = targets.slice(1, 0, Length, 1);
        var states = States(Inputs(words)); // [batch, length, width]
        var shifts = code_layer.call(codes); // [codes, width]
        var rows = new List<Tensor>();
        for (long i = 0; i < words.shape[0]; i++)
        {
            var sums = zeros(codes.shape[0], ScalarType.Float64);
            for (long t = 0; t < Length; t++)
            {
                for (long first = 0; first < codes.shape[0]; first += rowsAtOnce)
                {
                    HostInterruption.Check();
                    using var step = NewDisposeScope();
                    var count = Math.Min(rowsAtOnce, codes.shape[0] - first);
                    var logits = output.call((states[i, t] + shifts.narrow(0, first, count)).tanh()); // [count, words]
                    var word = words[i, t].item<long>() - Markers;
                    sums.narrow(0, first, count).add_((logits.select(1, word) - logits.logsumexp(1)).to_type(ScalarType.Float64));
                }
            }

            rows.Add(sums);
        }

        return stack(rows, 0).MoveToOuterDisposeScope();
    }

    /// <summary>log p(x|z) of each sentence at a code of its own, in nats.</summary>
    /// <param name="targets">int64 [batch, time], <c>&lt;/s&gt;</c> last.</param>
    /// <param name="codes">[batch, latent].</param>
    public IReadOnlyList<double> LogLikelihoodOfPairs(Tensor targets, Tensor codes)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(codes);
        using var scope = NewDisposeScope();
        double Of(int i) => LogLikelihood(targets[i].unsqueeze(0), codes[i].unsqueeze(0)).item<double>();
        return [.. Enumerable.Range(0, (int)targets.shape[0]).Select(Of)];
    }

    /// <summary>−log p(x|z) of sentences, each at its own code, as a decoder gives it; the end costs nothing.</summary>
    internal TokenLosses Nll(Tensor z, TextBatch batch)
    {
        var words = batch.Targets.slice(1, 0, Length, 1);
        var logits = call(Inputs(words), z); // [batch, length, words]
        var perToken = logits.logsumexp(2) - logits.gather(2, (words - Markers).unsqueeze(2)).squeeze(2);
        return new TokenLosses((perToken * batch.Mask.slice(1, 0, Length, 1)).sum(), cat([perToken.detach(), zeros(words.shape[0], 1)], 1));
    }

    private Tensor States(Tensor tokens)
    {
        var (states, _) = lstm.call(embedding.call(tokens));
        return hidden_layer.call(states);
    }

    private static Tensor Inputs(Tensor words) => cat(
        [full([words.shape[0], 1], (long)Tokenizers.Vocabulary.BosId, ScalarType.Int64), words.slice(1, 0, words.shape[1] - 1, 1)], 1);

    private static EncodedSentences Set(int[][] sentences) => new(
        sentences,
        [.. sentences.Select(sentence => new Sentence(string.Join(' ', sentence.Select(id => $"w{id - Markers}")), "oracle", ""))]);
}
