using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>
/// Operators of our native library that the TorchSharp API has no name for. The others (LSTM, Adam, dropout, clipping)
/// work behind the ordinary modules and functions.
/// </summary>
public static class NativeKernels
{
    /// <summary>Whether the native library has them; it has on every machine where this backend works.</summary>
    public static bool HasLinearCrossEntropy { get; } = Op.Exists("textvae::linear_cross_entropy");

    /// <summary>Whether the native library has <see cref="LinearMultinomial"/>.</summary>
    public static bool HasLinearMultinomial { get; } = Op.Exists("textvae::linear_multinomial");

    /// <summary>Whether this processor multiplies bfloat16 (AVX512_BF16).</summary>
    public static bool HasBFloat16 { get; } = Op.Exists("textvae::has_bfloat16") && Op.CallBool("textvae::has_bfloat16");

    /// <summary>
    /// How the matrix products of the native operators (LSTM, linear, linear with cross-entropy) are computed, in the whole process.
    /// A backward pass keeps to the mode of its forward pass.
    /// </summary>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">The processor cannot: see <see cref="HasBFloat16"/>.</exception>
    public static MatmulPrecision MatmulPrecision
    {
        get => Op.CallBool("textvae::matmul_precision") ? MatmulPrecision.BFloat16 : MatmulPrecision.Float32;
        set => Op.Run("textvae::set_matmul_precision", (long)value);
    }

    /// <summary>
    /// ℓₙ = −log softmax(W xₙ + b)[targetₙ] and Σₙ wₙ ℓₙ, without the logits [tokens, vocabulary] ever existing whole.
    /// </summary>
    /// <param name="input">[tokens, hidden].</param>
    /// <param name="weight">[vocabulary, hidden].</param>
    /// <param name="bias">[vocabulary], or none.</param>
    /// <param name="target">int64 [tokens]; of a token of weight 0 it may be anything.</param>
    /// <param name="tokenWeight">[tokens], of the input's type; a token of weight 0 costs nothing and has loss 0.</param>
    /// <param name="expectedGradient">
    /// The gradient of the sum that its backward pass is expected to bring, not 0: gradients are prepared for it, and only another one costs more.
    /// </param>
    /// <returns>The sum, with gradient in input, weight and bias; and ℓ [tokens] in nats, unweighted, without gradient.</returns>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">Shapes or types do not fit, or a target is outside the vocabulary.</exception>
    public static (Tensor WeightedSum, Tensor TokenLoss) LinearCrossEntropy(
        Tensor input, Tensor weight, Tensor? bias, Tensor target, Tensor tokenWeight, double expectedGradient = 1) =>
        Op.Call2("textvae::linear_cross_entropy", input, weight, bias, target, tokenWeight, expectedGradient);

    /// <summary>
    /// −Σᵥ cᵥ log softmax(W xₙ + b)ᵥ of documents as counts of words, and the sum of all; like
    /// <see cref="LinearCrossEntropy"/> with several targets a row.
    /// </summary>
    /// <param name="input">[documents, hidden].</param>
    /// <param name="weight">[vocabulary, hidden].</param>
    /// <param name="bias">[vocabulary], or none.</param>
    /// <param name="words">The words of the first document, ascending, then those of the next; int64 [entries].</param>
    /// <param name="counts">How often each occurs, of the input's type; [entries].</param>
    /// <param name="offsets">Where each document's entries begin; int64 [documents].</param>
    /// <param name="expectedGradient">As of <see cref="LinearCrossEntropy"/>.</param>
    /// <returns>The sum, with gradient in input, weight and bias; and the loss of each document [documents] in nats, without gradient.</returns>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">Shapes or types do not fit, or a word is outside the vocabulary or not above the one before it.</exception>
    public static (Tensor Sum, Tensor DocumentLoss) LinearMultinomial(
        Tensor input, Tensor weight, Tensor? bias, Tensor words, Tensor counts, Tensor offsets, double expectedGradient = 1) =>
        Op.Call2("textvae::linear_multinomial", input, weight, bias, words, counts, offsets, expectedGradient);

    /// <summary>Whether the native library has attention.</summary>
    public static bool HasAttention { get; } = Op.Exists("textvae::attention");

    /// <summary>softmax(QKᵀ / √d + mask) V of each head, heads joined again.</summary>
    /// <param name="query">[batch, query, width].</param>
    /// <param name="keyValue">Keys and values side by side; [batch, key, 2 · width].</param>
    /// <param name="heads">Parts of the width that attend apart.</param>
    /// <param name="causal">Query i sees the keys up to i + (keys − queries).</param>
    /// <param name="keyLengths">Keys of each text that are not padding, at least one; int64 [batch].</param>
    /// <param name="dropout">Share of the attention weights that become 0.</param>
    /// <returns>[batch, query, width].</returns>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">Shapes or types do not fit.</exception>
    public static Tensor Attention(Tensor query, Tensor keyValue, int heads, bool causal, Tensor? keyLengths, double dropout) =>
        Op.Call("textvae::attention", query, keyValue, heads, causal, keyLengths, dropout);

    /// <summary>The same of a text to itself.</summary>
    /// <param name="queryKeyValue">Queries, keys and values side by side; [batch, time, 3 · width].</param>
    /// <inheritdoc cref="Attention"/>
    public static Tensor SelfAttention(Tensor queryKeyValue, int heads, bool causal, Tensor? keyLengths, double dropout) =>
        Op.Call("textvae::self_attention", queryKeyValue, heads, causal, keyLengths, dropout);

    /// <summary>A weight in the order that <see cref="PackedLinear"/> and <see cref="LstmStep"/> read it, in the precision of the moment.</summary>
    /// <param name="weight">float32 [out, in].</param>
    public static Tensor PackWeight(Tensor weight) => Op.Call("textvae::pack_weight", weight);

    /// <summary>
    /// The same of W = diag(scale) · weight in int8. Products with it quantise each row x by its own largest magnitude, sum integers exactly
    /// and scale the sums.
    /// </summary>
    /// <param name="weight">int8 [out, in].</param>
    /// <param name="scale">float32 [out].</param>
    public static Tensor PackInt8(Tensor weight, Tensor scale) => Op.Call("textvae::pack_int8", weight, scale);

    /// <summary>y = x Wᵀ + b, written to <paramref name="output"/>. A row's result does not depend on the rows beside it.</summary>
    /// <param name="input">float32 [batch, in].</param>
    /// <param name="packed">W [out, in], packed.</param>
    /// <param name="bias">[out], or none.</param>
    /// <param name="output">float32 [batch, out].</param>
    public static void PackedLinear(Tensor input, Tensor packed, Tensor? bias, Tensor output) =>
        Op.Run("textvae::packed_linear", input, packed, bias, output);

    /// <summary>One time step of an LSTM layer, gates i, f, g, o, its states changed in place. A row's result does not depend on the rows beside it.</summary>
    /// <param name="input">float32 [batch, in].</param>
    /// <param name="hidden">float32 [batch, hidden].</param>
    /// <param name="cell">float32 [batch, hidden].</param>
    /// <param name="packed">Input and hidden weights side by side, [4 · hidden, in + hidden], packed.</param>
    /// <param name="bias">Both biases together; [4 · hidden].</param>
    public static void LstmStep(Tensor input, Tensor hidden, Tensor cell, Tensor packed, Tensor bias) =>
        Op.Run("textvae::lstm_step", input, hidden, cell, packed, bias);

    /// <summary>
    /// One token a row, drawn from softmax((logits + offsets) / temperature) restricted to the k likeliest, of these to the nucleus of
    /// mass p, of these to those at least <paramref name="minP"/> times as likely as the likeliest: the first in the vocabulary's order
    /// whose cumulative probability exceeds the row's uniform number.
    /// </summary>
    /// <param name="logits">float32 [batch, vocabulary].</param>
    /// <param name="offsets">float32 [vocabulary]; −∞ rules a token out.</param>
    /// <param name="uniforms">float64 [batch], in [0, 1).</param>
    /// <param name="temperature">0 takes the likeliest.</param>
    /// <param name="topK">0 for all.</param>
    /// <param name="topP">1 for all.</param>
    /// <param name="minP">0 for all.</param>
    /// <returns>int64 [batch].</returns>
    public static Tensor SampleTokens(Tensor logits, Tensor offsets, Tensor uniforms, double temperature, long topK, double topP, double minP) =>
        Op.Call("textvae::sample_tokens", logits, offsets, uniforms, temperature, topK, topP, minP);

    /// <summary>The next token of each text through all blocks of a pre-norm Transformer, without gradients.</summary>
    /// <param name="input">float32 [batch, width]; becomes the normalised output of the last block.</param>
    /// <param name="weights">Of all blocks in the order of their use, matrices as <see cref="PackWeight"/> gives them (see transformer_step.cpp).</param>
    /// <param name="caches">Of each block the keys of all heads, then the values, [batch, 2 · heads, capacity, width / heads]; take those of the token.</param>
    /// <param name="place">Where the token stands.</param>
    /// <param name="sources">Keys and values of an encoded text for each block, [batch, source, 2 · width]; empty where there is none.</param>
    /// <param name="sourceLengths">Its tokens without padding; int64 [batch].</param>
    /// <param name="heads">Attention heads.</param>
    public static void TransformerStep(Tensor input, Tensor[] weights, Tensor[] caches, long place, Tensor[] sources, Tensor? sourceLengths, int heads) =>
        Op.Run("textvae::transformer_step", input, weights, caches, place, sources, sourceLengths, heads);
}
