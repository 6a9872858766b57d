using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Kernels;

/// <summary>
/// Linear projection to the vocabulary and the likelihood of a document's word counts in one step, as <see cref="LinearCrossEntropy"/> does
/// it for single tokens: the cost is that of one row of logits per document.
/// </summary>
// ℓₙ = −Σᵥ cₙᵥ log softmax(W xₙ + b)ᵥ = (Σᵥ cₙᵥ) log Σᵥ exp(lₙᵥ) − Σᵥ cₙᵥ lₙᵥ, the last sum over the words that occur
public static unsafe partial class LinearMultinomial
{
    /// <param name="input">x [documents, hidden].</param>
    /// <param name="weight">W [vocabulary, hidden].</param>
    /// <param name="bias">b [vocabulary], or none.</param>
    /// <param name="words">The words of the first document, ascending, then those of the next; int64 [entries].</param>
    /// <param name="counts">How often each occurs, of the input's type; [entries].</param>
    /// <param name="offsets">Where each document's entries begin; int64 [documents].</param>
    /// <param name="expectedGradient">As of <see cref="LinearCrossEntropy.Compute"/>.</param>
    /// <param name="precision">What the products are computed in.</param>
    /// <returns>The sum, with gradient in input, weight and bias; and the loss of each document [documents] in nats, without
    /// gradient.</returns>
    /// <exception cref="ArgumentException">Shapes or types do not fit, or a word is outside the vocabulary or not above the one before
    /// it.</exception>
    public static (Tensor Sum, Tensor DocumentLoss) Compute(
        Tensor input, Tensor weight, Tensor? bias, Tensor words, Tensor counts, Tensor offsets, double expectedGradient = 1,
        Precision precision = Precision.Float32)
    {
        LinearCrossEntropy.CheckShapes(input, weight, bias);
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentNullException.ThrowIfNull(offsets);
        var documents = input.shape[0];
        Shapes.Require(words.dim() == 1 && words.dtype == ScalarType.Int64, nameof(words), "must be Int64 [entries]", words);
        Shapes.Require(counts.dim() == 1 && counts.shape[0] == words.shape[0] && counts.dtype == input.dtype, nameof(counts),
            $"must be {input.dtype} [{words.shape[0]}]", counts);
        Shapes.Require(offsets.dim() == 1 && offsets.shape[0] == documents && offsets.dtype == ScalarType.Int64, nameof(offsets),
            $"must be Int64 [{documents}]", offsets);
        LinearCrossEntropy.CheckExpected(expectedGradient);
        return KernelLibrary.Serves(input)
            ? VocabularyLoss.Run(new Documents(words, counts, offsets), input, weight, bias, expectedGradient, precision)
            : Reference(input, weight, bias, words, counts, offsets);
    }

    /// <summary>The same in standard operators.</summary>
    internal static (Tensor Sum, Tensor DocumentLoss) Reference(
        Tensor input, Tensor weight, Tensor? bias, Tensor words, Tensor counts, Tensor offsets)
    {
        if (Documents.Problem(words, offsets, weight.shape[0]) is { } problem)
            throw new ArgumentOutOfRangeException(nameof(words), problem);
        var (documents, entries) = (input.shape[0], words.shape[0]);
        // The document of each entry: how many offsets, but the first, are at or before it.
        var row = offsets.narrow(0, Math.Min(1, documents), Math.Max(0, documents - 1)).contiguous();
        row = searchsorted(row, arange(entries, device: words.device), right: true); // [entries]
        var logits = nn.functional.linear(input, weight, bias);
        var picked = logits.flatten().index_select(0, row * weight.shape[0] + words); // [entries]
        var nothing = zeros(documents, dtype: logits.dtype, device: logits.device);
        var lengths = nothing.index_add(0, row, counts, 1);
        var losses = lengths * logits.logsumexp(1) - nothing.index_add(0, row, picked * counts, 1);
        return (losses.sum(), losses.detach());
    }

    private sealed record Documents(Tensor Words, Tensor Counts, Tensor Offsets) : VocabularyLoss.Rows
    {
        public override IReadOnlyList<Tensor> Tensors => [Words, Counts, Offsets];

        public override VocabularyLoss.Rows With(IReadOnlyList<Tensor> tensors) => new Documents(tensors[0], tensors[1], tensors[2]);

        public override int Run(VocabularyLoss.Call call)
        {
            var (words, counts, offsets) = (KernelLibrary.Dense(Words), KernelLibrary.Dense(Counts), KernelLibrary.Dense(Offsets));
            return textvae_linear_multinomial(
                get_num_threads(), (int)call.Precision, call.Rows, call.Hidden, call.Vocabulary, words.shape[0], call.X, call.W, call.B,
                KernelLibrary.Longs(words),
                KernelLibrary.Floats(counts), KernelLibrary.Longs(offsets), call.Upstream, call.Losses, call.Sum, call.DX, call.DW,
                call.DB);
        }

        public override string OutOfRange(long vocabulary) => Problem(Words, Offsets, vocabulary) ?? "the documents are not in order";

        /// <summary>What is wrong with the documents, if anything is.</summary>
        public static string? Problem(Tensor words, Tensor offsets, long vocabulary)
        {
            var (w, starts) = (words.data<long>().ToArray(), offsets.data<long>().ToArray());
            if (starts.Length == 0 ? w.Length > 0 : starts[0] != 0)
                return "offsets must begin with 0";
            for (var d = 0; d < starts.Length; d++)
            {
                var end = d + 1 < starts.Length ? starts[d + 1] : w.Length;
                if (starts[d] > end || end > w.Length)
                    return $"document {d} has entries {starts[d]}..{end} of {w.Length}";
                for (var e = starts[d]; e < end; e++)
                    if (w[e] < 0 || w[e] >= vocabulary || (e > starts[d] && w[e - 1] >= w[e]))
                        return $"word {w[e]} of document {d} is outside 0..{vocabulary - 1} or not above the one before it";
            }

            return null;
        }
    }

    [LibraryImport(KernelLibrary.Name)]
    private static partial int textvae_linear_multinomial(
        int threads, int precision, long documents, long hidden, long vocabulary, long entries, float* x, float* w, float* b, long* words,
        float* counts, long* offsets, float upstream,
        float* documentLoss, double* sum, float* dx, float* dw, float* db);
}
