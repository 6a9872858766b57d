using System.Runtime.InteropServices;
using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Kernels;

public sealed class AttentionKernelTests
{
    public static TheoryData<int, int, int, int, int, bool, bool> Sizes => new()
    {
        { 1, 1, 1, 1, 1, true, false },      // least of everything
        { 3, 9, 9, 2, 5, true, true },       // no width a multiple of a vector
        { 2, 130, 130, 3, 20, true, false }, // several blocks of queries
        { 2, 5, 12, 2, 8, true, true },      // more keys than queries: the queries are the last places
        { 2, 70, 33, 4, 16, false, true },   // another text
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void ValuesAndGradientsAreThoseOfStandardOperators(int batch, int queries, int keys, int heads, int headWidth, bool causal, bool padded)
    {
        using var scope = NewDisposeScope();
        manual_seed(31);
        var width = heads * headWidth;
        var query = randn(batch, queries, width).requires_grad_();
        var keyValue = randn(batch, keys, 2 * width).requires_grad_();
        var lengths = padded ? randint(causal ? keys - queries + 1 : 1, keys + 1, [batch]) : null;
        var upstream = randn(batch, queries, width);

        AssertSame(
            [query, keyValue], upstream, x => Op.Call("textvae::attention", x[0], x[1], heads, causal, lengths), x => Composed(x[0], x[1], heads, causal, lengths));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SelfAttentionTakesPartsOfOneProduct(bool padded)
    {
        using var scope = NewDisposeScope();
        manual_seed(32);
        const int heads = 4, width = 32;
        // A view that is not contiguous.
        Tensor joint;
        using (no_grad()) joint = randn(70, 3, 3 * width).transpose(0, 1);
        var lengths = padded ? tensor(new long[] { 70, 1, 33 }) : null;

        AssertSame(
            [joint.requires_grad_()],
            randn(3, 70, width),
            x => Op.Call("textvae::self_attention", x[0], heads, true, lengths),
            x => Composed(x[0].narrow(2, 0, width), x[0].narrow(2, width, 2 * width), heads, true, lengths));
    }

    [Fact]
    public void GradientsAgreeWithFiniteDifferencesInFloat64()
    {
        using var scope = NewDisposeScope();
        manual_seed(33);
        var (query, keyValue) = (randn(2, 3, 4, ScalarType.Float64).requires_grad_(), randn(2, 4, 8, ScalarType.Float64).requires_grad_());
        var (lengths, weights) = (tensor(new long[] { 4, 2 }), randn(2, 3, 4, ScalarType.Float64));
        TensorAssert.Gradients(
            () => (Op.Call("textvae::attention", query, keyValue, 2, true, lengths) * weights).sum(), [("query", query), ("key and value", keyValue)]);
    }

    /// <summary>
    /// The mask cannot be seen, so it is found: with values that are unit vectors the result is the row of weights after dropout.
    /// Then the gradients are those of standard operators with this very mask.
    /// </summary>
    [Fact]
    public void DropoutZeroesTheGivenShareAndGradientsFollowTheMask()
    {
        using var scope = NewDisposeScope();
        const int time = 96;
        const double p = 0.3;
        manual_seed(34);
        var query = randn(4, time, time).requires_grad_();
        var keys = randn(4, time, time).requires_grad_();
        var values = eye(time).unsqueeze(0).expand(4, time, time).contiguous().requires_grad_();
        var twin = (query.matmul(keys.transpose(1, 2)) / Math.Sqrt(time)).softmax(2);

        manual_seed(35);
        var dropped = Op.Call("textvae::attention", query, cat([keys, values], 2), 1, false, (Tensor?)null, p);
        var mask = (dropped.detach() > 0).to(ScalarType.Float32) / (1 - p);

        var count = 4.0 * time * time;
        var zeroed = 1 - mask.ne(0).sum().item<long>() / count;
        Assert.InRange(zeroed, p - 5 * Math.Sqrt(p * (1 - p) / count), p + 5 * Math.Sqrt(p * (1 - p) / count));
        TensorAssert.Close(twin * mask, dropped, 1e-5);
        var upstream = randn_like(dropped);
        var gradients = autograd.grad([dropped], [query, keys, values], [upstream]);
        var expected = autograd.grad([(twin * mask).matmul(values)], [query, keys, values], [upstream]);
        for (var i = 0; i < 3; i++) TensorAssert.Close(expected[i], gradients[i], 1e-5, $"gradient {i}");
    }

    [Fact]
    public void BFloat16StaysWithinItsRounding()
    {
        if (!Op.CallBool("textvae::has_bfloat16")) return;
        using var scope = NewDisposeScope();
        manual_seed(36);
        var (query, keyValue, upstream) = (randn(2, 100, 64).requires_grad_(), randn(2, 100, 128).requires_grad_(), randn(2, 100, 64));
        Tensor[] Results()
        {
            var output = Op.Call("textvae::attention", query, keyValue, 2, true);
            return [output, .. autograd.grad([output], [query, keyValue], [upstream])];
        }

        var expected = Results();
        Op.Run("textvae::set_matmul_precision", 1);
        Tensor[] rounded;
        try
        {
            rounded = Results();
        }
        finally
        {
            Op.Run("textvae::set_matmul_precision", 0);
        }

        for (var i = 0; i < 3; i++)
        {
            var error = ((rounded[i] - expected[i]).norm() / expected[i].norm()).item<float>();
            Assert.InRange(error, 1e-5, 1e-2);
        }
    }

    [Fact]
    public void HeadsThatDoNotDivideTheWidthAreNamed()
    {
        using var scope = NewDisposeScope();
        var error = Assert.ThrowsAny<ExternalException>(() => Op.Call("textvae::attention", randn(1, 2, 6), randn(1, 2, 12), 4, false));
        Assert.Contains("4 heads do not divide the width 6", error.Message, StringComparison.Ordinal);
    }

    private static void AssertSame(Tensor[] inputs, Tensor upstream, Func<Tensor[], Tensor> fused, Func<Tensor[], Tensor> composed)
    {
        var (actual, expected) = (fused(inputs), composed(inputs));
        var gradients = autograd.grad([actual], inputs, [upstream]);
        var expectedGradients = autograd.grad([expected], inputs, [upstream]);
        Tensor inference;
        using (no_grad()) inference = fused(inputs);

        TensorAssert.Close(expected, actual, 1e-5);
        TensorAssert.Identical(actual, inference, "the result without gradients");
        for (var i = 0; i < inputs.Length; i++) TensorAssert.Close(expectedGradients[i], gradients[i], 2e-5, $"gradient {i}");
        var again = autograd.grad([fused(inputs)], inputs, [upstream]);
        for (var i = 0; i < inputs.Length; i++) TensorAssert.Identical(gradients[i], again[i], $"gradient {i} computed twice");
    }

    private static Tensor Composed(Tensor query, Tensor keyValue, int heads, bool causal, Tensor? lengths)
    {
        Tensor Split(Tensor x) => x.reshape(x.shape[0], x.shape[1], heads, -1).transpose(1, 2);
        var parts = keyValue.chunk(2, 2);
        var scores = Split(query).matmul(Split(parts[0]).transpose(2, 3)) / Math.Sqrt((double)query.shape[2] / heads);
        var (queries, keys) = (query.shape[1], keyValue.shape[1]);
        if (causal) scores = scores.masked_fill(ones([queries, keys], ScalarType.Bool).triu(1 + keys - queries), double.NegativeInfinity);
        if (lengths is not null) scores = scores.masked_fill(arange(keys).view(1, 1, 1, -1).ge(lengths.view(-1, 1, 1, 1)), double.NegativeInfinity);
        return scores.softmax(3).matmul(Split(parts[1])).transpose(1, 2).reshape(query.shape);
    }
}
