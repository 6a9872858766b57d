using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Kernels;

public sealed class DecodingKernelTests
{
    [Theory]
    [InlineData(1, 7, 301)]
    [InlineData(30, 33, 64)]
    public void APackedLinearIsALinear(int rows, int width, int outputs)
    {
        using var scope = NewDisposeScope();
        using var inference = no_grad();
        manual_seed(40);
        var (x, w, b) = (randn(rows, width), randn(outputs, width), randn(outputs));
        var (packed, y) = (NativeKernels.PackWeight(w), full([rows, outputs], float.NaN));

        NativeKernels.PackedLinear(x, packed, null, y);
        TensorAssert.Close(nn.functional.linear(x, w), y, 1e-5, "without bias");
        NativeKernels.PackedLinear(x, packed, b, y);
        TensorAssert.Close(nn.functional.linear(x, w, b), y, 1e-5, "with bias");
        Assert.Contains("is not one of", Assert.ThrowsAny<ExternalException>(() => NativeKernels.PackedLinear(randn(rows, width + 1), packed, b, y)).Message, StringComparison.Ordinal);
    }

    /// <summary>Step by step in place, the states of the module over the whole sequence; and a row alone has the very bits it has among others.</summary>
    [Fact]
    public void StepsOfAnLstmAreTheModules()
    {
        using var scope = NewDisposeScope();
        using var inference = no_grad();
        manual_seed(41);
        var (batch, time, width, hidden) = (19, 5, 11, 37);
        using var lstm = nn.LSTM(width, hidden, batchFirst: true);
        var w = lstm.named_parameters().ToDictionary(entry => entry.name, entry => (Tensor)entry.parameter);
        var packed = NativeKernels.PackWeight(cat([w["weight_ih_l0"], w["weight_hh_l0"]], 1));
        var bias = w["bias_ih_l0"] + w["bias_hh_l0"];
        var x = randn(batch, time, width);
        var (expected, _, cell) = lstm.call(x);

        Tensor[] Run(int first, int count)
        {
            var (h, c) = (zeros(count, hidden), zeros(count, hidden));
            for (var t = 0; t < time; t++)
                NativeKernels.LstmStep(x.narrow(0, first, count).select(1, t).contiguous(), h, c, packed, bias);
            return [h, c];
        }

        var all = Run(0, batch);
        TensorAssert.Close(expected.select(1, time - 1), all[0], 2e-6);
        TensorAssert.Close(cell[0], all[1], 2e-6);
        foreach (var (first, count) in new[] { (0, 1), (3, 2), (5, 14) })
            TensorAssert.Identical(all[0].narrow(0, first, count), Run(first, count)[0], $"rows {first} to {first + count}");
    }

    [Fact]
    public void InBFloat16HalfTheBytesGiveNearlyTheSame()
    {
        if (!NativeKernels.HasBFloat16) return;
        using var scope = NewDisposeScope();
        using var inference = no_grad();
        manual_seed(42);
        var (x, w) = (randn(5, 101), randn(70, 101));
        NativeKernels.MatmulPrecision = MatmulPrecision.BFloat16;
        var packed = NativeKernels.PackWeight(w);
        NativeKernels.MatmulPrecision = MatmulPrecision.Float32;
        var y = zeros(5, 70);
        NativeKernels.PackedLinear(x, packed, null, y);

        Assert.True(packed.dtype == ScalarType.BFloat16);
        var exact = nn.functional.linear(x, w);
        Assert.InRange(((exact - y).norm() / exact.norm()).item<float>(), 1e-5f, 5e-3f);
    }

    /// <summary>Shares of many draws against the probabilities, whatever is cut off.</summary>
    [Theory]
    [InlineData(1.0, 0, 1.0, 0.0)]
    [InlineData(0.7, 5, 1.0, 0.0)]
    [InlineData(1.0, 0, 0.8, 0.0)]
    [InlineData(1.3, 9, 0.9, 0.1)]
    public void DrawsFollowTheDistribution(double temperature, int topK, double topP, double minP)
    {
        const int draws = 100_000, words = 23;
        using var scope = NewDisposeScope();
        using var inference = no_grad();
        manual_seed(43);
        var logits = randn(words) * 2;
        var offsets = zeros(words);
        offsets[4] = tensor(float.NegativeInfinity);

        // Written out by hand: sort, cut, renormalise.
        var scores = (logits + offsets).data<float>().ToArray().Select(l => Math.Exp(l / temperature)).ToArray();
        var order = Enumerable.Range(0, words).OrderByDescending(v => scores[v]).Take(topK == 0 ? words : topK).ToArray();
        var mass = order.Sum(v => scores[v]);
        var kept = new List<int>();
        foreach (var v in order)
        {
            if (kept.Sum(k => scores[k]) < topP * mass && scores[v] >= minP * scores[order[0]] && scores[v] > 0) kept.Add(v);
        }

        var uniforms = (arange(draws, dtype: ScalarType.Float64) + 0.5) / draws;
        var tokens = NativeKernels.SampleTokens(logits.expand(draws, words), offsets, uniforms, temperature, topK, topP, minP);
        var counts = tokens.data<long>().ToArray().GroupBy(token => (int)token).ToDictionary(group => group.Key, group => group.Count());

        Assert.Equal(kept.Order(), counts.Keys.Order());
        foreach (var v in kept)
            Assert.Equal(scores[v] / kept.Sum(k => scores[k]), counts[v] / (double)draws, 4);
        Assert.True((tokens.slice(0, 1, draws, 1) - tokens.slice(0, 0, draws - 1, 1)).ge(0).all().item<bool>()); // the uniform number walks through the vocabulary in order
    }

    [Fact]
    public void OfEquallyLikelyTokensTheNucleusKeepsTheFirst()
    {
        using var scope = NewDisposeScope();
        var tokens = NativeKernels.SampleTokens(
            zeros(100, 1000), zeros(1000), arange(100, dtype: ScalarType.Float64) / 100, temperature: 1, topK: 0, topP: 0.25, minP: 0);
        Assert.InRange(tokens.max().item<long>(), 240, 249);
        var rising = (arange(1, 11) % 8).to(ScalarType.Float32).unsqueeze(0); // 1 … 7 0 1 2
        Assert.Equal(6, NativeKernels.SampleTokens(rising, zeros(10), zeros(1, ScalarType.Float64), temperature: 0, topK: 0, topP: 1, minP: 0).item<long>());
    }
}
