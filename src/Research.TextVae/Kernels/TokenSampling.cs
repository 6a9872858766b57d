using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Kernels;

/// <summary>
/// One token a row, drawn from softmax((logits + offsets) / temperature) restricted to the k most likely (Fan et al. 2018), of these to the
/// nucleus of mass p (Holtzman et al. 2020), of these to those at least min-p times as likely as the most likely (Nguyen et al. 2024).
/// </summary>
/// <param name="Temperature">0 takes the most likely token.</param>
/// <param name="TopK">0 for all.</param>
/// <param name="TopP">1 for all.</param>
/// <param name="MinP">0 for all.</param>
public sealed unsafe partial record TokenSampling(double Temperature = 1, int TopK = 0, double TopP = 1, double MinP = 0)
{
    /// <summary>Inverse transform sampling: of each row the first token whose cumulative probability exceeds the row's uniform
    /// number.</summary>
    /// <param name="logits">[batch, vocabulary].</param>
    /// <param name="offsets">Added to every row; −∞ rules a token out; [vocabulary], of the logits' type.</param>
    /// <param name="uniforms">float64 [batch], in [0, 1).</param>
    /// <returns>int64 [batch]; 0 where every token is ruled out.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or a parameter is not possible.</exception>
    public Tensor Compute(Tensor logits, Tensor offsets, Tensor uniforms)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(offsets);
        ArgumentNullException.ThrowIfNull(uniforms);
        Shapes.Require(logits.dim() == 2 && logits.shape[1] > 0, nameof(logits), "must be [batch, vocabulary]", logits);
        var (rows, vocabulary) = (logits.shape[0], logits.shape[1]);
        Shapes.Require(offsets.dim() == 1 && offsets.shape[0] == vocabulary && offsets.dtype == logits.dtype, nameof(offsets),
            $"must be {logits.dtype} [{vocabulary}]", offsets);
        Shapes.Require(uniforms.dim() == 1 && uniforms.shape[0] == rows && uniforms.dtype == ScalarType.Float64, nameof(uniforms),
            $"must be Float64 [{rows}]", uniforms);
        if (!(Temperature >= 0 && TopK >= 0 && TopP > 0 && TopP <= 1 && MinP >= 0 && MinP <= 1))
            throw new ArgumentException($"temperature {Temperature}, top-k {TopK}, top-p {TopP}, min-p {MinP} are not all possible.");
        if (!KernelLibrary.Serves(logits))
            return Reference(logits, offsets, uniforms);
        var (l, o, u) = (KernelLibrary.Dense(logits), KernelLibrary.Dense(offsets), KernelLibrary.Dense(uniforms));
        var tokens = empty(rows, dtype: ScalarType.Int64);
        KernelLibrary.Check(textvae_sample_tokens(
            get_num_threads(), rows, vocabulary, KernelLibrary.Floats(l), KernelLibrary.Floats(o), (double*)KernelLibrary.Data(u),
            Temperature, TopK, TopP, MinP, KernelLibrary.Longs(tokens)));
        return tokens;
    }

    /// <summary>The same in standard operators.</summary>
    internal Tensor Reference(Tensor logits, Tensor offsets, Tensor uniforms)
    {
        var kept = logits + offsets;
        if (Temperature == 0)
            return kept.argmax(1);
        kept = kept / Temperature;
        if (TopK > 0)
            kept = KeepTopK(kept, TopK);
        if (TopP < 1)
            kept = KeepNucleus(kept, TopP);
        return Draw(MinP > 0 ? KeepMinP(kept, MinP) : kept, uniforms);
    }

    /// <summary>Rules out all but the k most likely tokens of each row.</summary>
    internal static Tensor KeepTopK(Tensor logits, int k)
    {
        var (kept, _) = logits.topk((int)Math.Min(k, logits.shape[^1]), -1);
        return logits.masked_fill(logits.lt(kept.narrow(-1, kept.shape[^1] - 1, 1)), double.NegativeInfinity);
    }

    /// <summary>Rules out all but the fewest tokens of each row that hold at least a share p of the mass.</summary>
    internal static Tensor KeepNucleus(Tensor logits, double p)
    {
        var (sorted, order) = logits.sort(-1, descending: true, stable: true);
        // A sum over the vocabulary in float32 would move the edge of the nucleus by a token now and then.
        var probabilities = sorted.to_type(ScalarType.Float64).softmax(-1);
        // A token stays when the mass before it is still short of p; before the most likely there is none.
        var before = probabilities.cumsum(-1) - probabilities;
        return empty_like(logits).scatter_(-1, order, sorted.masked_fill(before.ge(p), double.NegativeInfinity));
    }

    /// <summary>Rules out what is less than p times as likely as the row's most likely token.</summary>
    // p(v) ≥ P max p   ⇔   l_v ≥ max l + ln P
    internal static Tensor KeepMinP(Tensor logits, double p) =>
        logits.masked_fill(logits.lt(logits.amax([-1], keepdim: true) + Math.Log(p)), double.NegativeInfinity);

    // The first token of each row whose cumulative probability exceeds u ~ U[0, 1); 0 where there is no probability.
    private static Tensor Draw(Tensor logits, Tensor uniforms)
    {
        var cumulative = logits.to_type(ScalarType.Float64).softmax(1).cumsum(1); // [batch, vocabulary]
        var total = cumulative.narrow(1, cumulative.shape[1] - 1, 1);
        return cumulative.le(uniforms.unsqueeze(1) * total).sum(1);
    }

    [LibraryImport(KernelLibrary.Name)]
    private static partial int textvae_sample_tokens(
        int threads, long rows, long vocabulary, float* logits, float* offsets, double* uniforms, double temperature, long topK,
        double topP, double minP, long* tokens);
}
