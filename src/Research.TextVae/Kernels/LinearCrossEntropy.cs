using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Kernels;

/// <summary>
/// Linear projection to the vocabulary and cross-entropy in one step: the most expensive part of training a language model. The fused form
/// goes through the vocabulary in tiles, so that the logits [tokens, vocabulary] never exist as a whole.
/// </summary>
// ℓₙ = −log softmax(W xₙ + b)[targetₙ],   sum = Σₙ weightₙ ℓₙ
public static unsafe partial class LinearCrossEntropy
{
    /// <param name="input">x [tokens, hidden].</param>
    /// <param name="weight">W [vocabulary, hidden].</param>
    /// <param name="bias">b [vocabulary], or none.</param>
    /// <param name="target">int64 [tokens]; of a token of weight 0 it may be anything.</param>
    /// <param name="tokenWeight">[tokens], of the input's type; a token of weight 0 costs nothing and has loss 0.</param>
    /// <param name="expectedGradient">
    /// The gradient of the sum that its backward pass is expected to bring, not 0: gradients are prepared for it, and only another one
    /// costs more.
    /// </param>
    /// <param name="precision">What the products are computed in.</param>
    /// <returns>The sum, with gradient in input, weight and bias; and ℓ [tokens] in nats, unweighted, without gradient.</returns>
    /// <exception cref="ArgumentException">Shapes or types do not fit, or a target is outside the vocabulary.</exception>
    public static (Tensor Sum, Tensor TokenLoss) Compute(
        Tensor input, Tensor weight, Tensor? bias, Tensor target, Tensor tokenWeight, double expectedGradient = 1,
        Precision precision = Precision.Float32)
    {
        CheckShapes(input, weight, bias);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(tokenWeight);
        var tokens = input.shape[0];
        Shapes.Require(target.dim() == 1 && target.shape[0] == tokens && target.dtype == ScalarType.Int64, nameof(target),
            $"must be Int64 [{tokens}]", target);
        Shapes.Require(tokenWeight.dim() == 1 && tokenWeight.shape[0] == tokens && tokenWeight.dtype == input.dtype, nameof(tokenWeight),
            $"must be {input.dtype} [{tokens}]", tokenWeight);
        CheckExpected(expectedGradient);
        return KernelLibrary.Serves(input)
            ? VocabularyLoss.Run(new Tokens(target, tokenWeight), input, weight, bias, expectedGradient, precision)
            : Reference(input, weight, bias, target, tokenWeight);
    }

    /// <summary>The same in standard operators.</summary>
    internal static (Tensor Sum, Tensor TokenLoss) Reference(Tensor input, Tensor weight, Tensor? bias, Tensor target, Tensor tokenWeight)
    {
        var counted = tokenWeight.ne(0);
        var wrong = counted.logical_and(target.lt(0).logical_or(target.ge(weight.shape[0])));
        if (wrong.any().item<bool>())
            throw new ArgumentOutOfRangeException(nameof(target), Tokens.OutOfRange(target, tokenWeight, weight.shape[0]));
        var logits = nn.functional.linear(input, weight, bias);
        var losses = nn.functional.cross_entropy(logits, target.where(counted, zeros_like(target)), reduction: nn.Reduction.None);
        losses = losses.where(counted, zeros_like(losses));
        return ((losses * tokenWeight).sum(), losses.detach());
    }

    internal static void CheckShapes(Tensor input, Tensor weight, Tensor? bias)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(weight);
        Shapes.Require(weight.dim() == 2 && weight.shape[0] > 0 && weight.dtype == input.dtype, nameof(weight),
            $"must be {input.dtype} [vocabulary, hidden] with at least one word", weight);
        Shapes.Require(input.dim() == 2 && input.shape[1] == weight.shape[1], nameof(input),
            $"must be [rows, {weight.shape[1]}] for weights {Shapes.Describe(weight)}", input);
        Shapes.Require(bias is null || (bias.dim() == 1 && bias.shape[0] == weight.shape[0] && bias.dtype == input.dtype), nameof(bias),
            $"must be {input.dtype} [{weight.shape[0]}]", bias);
    }

    internal static void CheckExpected(double expectedGradient) => Shapes.Demand(
        (float)expectedGradient != 0 && double.IsFinite(expectedGradient), nameof(expectedGradient),
        $"must be finite and not 0; it is {expectedGradient}");

    private sealed record Tokens(Tensor Target, Tensor Weight) : VocabularyLoss.Rows
    {
        public override IReadOnlyList<Tensor> Tensors => [Target, Weight];

        public override VocabularyLoss.Rows With(IReadOnlyList<Tensor> tensors) => new Tokens(tensors[0], tensors[1]);

        public override int Run(VocabularyLoss.Call call)
        {
            var (target, weight) = (KernelLibrary.Dense(Target), KernelLibrary.Dense(Weight));
            return textvae_linear_cross_entropy(
                get_num_threads(), (int)call.Precision, call.Rows, call.Hidden, call.Vocabulary, call.X, call.W, call.B,
                KernelLibrary.Longs(target), KernelLibrary.Floats(weight),
                call.Upstream, call.Losses, call.Sum, call.DX, call.DW, call.DB);
        }

        public override string OutOfRange(long vocabulary) => OutOfRange(Target, Weight, vocabulary);

        public static string OutOfRange(Tensor target, Tensor weight, long vocabulary)
        {
            var (targets, weights) = (target.data<long>().ToArray(), weight.to_type(ScalarType.Float64).data<double>().ToArray());
            var first = Enumerable.Range(0, targets.Length).First(n => weights[n] != 0 && (targets[n] < 0 || targets[n] >= vocabulary));
            return $"target {targets[first]} of token {first} is outside 0..{vocabulary - 1}";
        }
    }

    [LibraryImport(KernelLibrary.Name)]
    private static partial int textvae_linear_cross_entropy(
        int threads, int precision, long tokens, long hidden, long vocabulary, float* x, float* w, float* b, long* target,
        float* tokenWeight, float upstream,
        float* tokenLoss, double* sum, float* dx, float* dw, float* db);
}
