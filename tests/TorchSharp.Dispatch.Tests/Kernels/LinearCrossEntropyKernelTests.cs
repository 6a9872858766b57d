using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Kernels;

public sealed class LinearCrossEntropyKernelTests
{
    public static TheoryData<int, int, int, bool> Sizes => new()
    {
        { 1, 3, 2, true },      // one token
        { 5, 17, 1, true },     // one word: the loss is 0
        { 50, 64, 513, true },  // one word more than a tile
        { 900, 40, 1037, false },  // several passes, no bias
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void ValuesAndGradientsAreThoseOfStandardOperators(int tokens, int hidden, int vocabulary, bool hasBias)
    {
        using var scope = NewDisposeScope();
        manual_seed(11);
        var (parameters, bias) = Parameters(tokens, hidden, vocabulary, hasBias, ScalarType.Float32);
        var target = randint(0, vocabulary, [tokens]);
        var weight = rand(tokens) * (rand(tokens) > 0.3);

        var (sum, tokenLoss) = Fused(parameters, bias, target, weight);
        var gradients = autograd.grad([sum * 0.25], parameters);
        var (twinSum, twinLoss) = Composed(parameters, bias, target, weight);
        var twinGradients = autograd.grad([twinSum * 0.25], parameters);
        Tensor inference;
        using (no_grad()) inference = Fused(parameters, bias, target, weight).TokenLoss;

        Assert.False(tokenLoss.requires_grad);
        TensorAssert.Close(twinLoss, tokenLoss, 2e-6, "the loss of a token");
        TensorAssert.Close(twinLoss, inference, 2e-6, "the loss of a token without gradients");
        TensorAssert.Close(twinSum, sum, 2e-6, "the sum");
        for (var i = 0; i < parameters.Length; i++) TensorAssert.Close(twinGradients[i], gradients[i], 1e-5, $"gradient {i}");

        // Prepared for the gradient that comes, and for another.
        foreach (var expected in new[] { 0.25, 1 / 3.0 })
        {
            var prepared = autograd.grad([Fused(parameters, bias, target, weight, expected).Sum * 0.25], parameters);
            for (var i = 0; i < parameters.Length; i++) TensorAssert.Close(twinGradients[i], prepared[i], 1e-5, $"gradient {i} prepared for {expected}");
        }
    }

    [Fact]
    public void GradientsAgreeWithFiniteDifferencesInFloat64()
    {
        using var scope = NewDisposeScope();
        manual_seed(12);
        var (parameters, bias) = Parameters(4, 3, 5, true, ScalarType.Float64);
        parameters[0] = parameters[0].detach().contiguous().requires_grad_();
        var target = tensor(new long[] { 0, 4, 2, 2 });
        var weight = tensor(new[] { 1.0, 0.5, 0, 2 });
        TensorAssert.Gradients(() => Fused(parameters, bias, target, weight).Sum, parameters.Select((p, i) => ($"parameter {i}", p)));
    }

    [Fact]
    public void LargeLogitsNeitherOverflowNorLoseTheLoss()
    {
        using var scope = NewDisposeScope();
        var input = tensor(new[,] { { 500f }, { -500f } });
        var weight = tensor(new[,] { { 1f }, { -1f } });
        using var inference = no_grad();
        var (_, loss) = Fused([input, weight], null, tensor(new long[] { 0, 0 }), ones(2));
        TensorAssert.Close(tensor(new[] { 0f, 1000f }), loss, 1e-6);
    }

    [Fact]
    public void ANotANumberReachesTheLoss()
    {
        using var scope = NewDisposeScope();
        using var inference = no_grad();
        var (sum, _) = Fused([full([3, 2], float.NaN), ones(70, 2)], null, zeros(3, dtype: ScalarType.Int64), ones(3));
        Assert.True(float.IsNaN(sum.item<float>()));
    }

    [Fact]
    public void TokensOfWeightZeroNeedNoTargetAndGetNoGradient()
    {
        using var scope = NewDisposeScope();
        manual_seed(13);
        var (parameters, bias) = Parameters(3, 4, 6, true, ScalarType.Float32);
        var target = tensor(new long[] { 1, -1, 3 });
        var gradients = autograd.grad([Fused(parameters, bias, target, tensor(new[] { 1f, 0, 1 })).Sum], parameters);
        Assert.Equal(0, gradients[0][1].abs().sum().item<float>());

        var (nothing, losses) = Fused(parameters, bias, target, zeros(3));
        Assert.Equal(0, nothing.item<float>() + losses.abs().sum().item<float>());
        Assert.All(autograd.grad([nothing], parameters), g => Assert.Equal(0, g.abs().sum().item<float>()));
    }

    [Theory]
    [InlineData(6)]
    [InlineData(-1)]
    public void ATargetOutsideTheVocabularyIsNamed(long target)
    {
        using var scope = NewDisposeScope();
        var (parameters, bias) = Parameters(1, 4, 6, true, ScalarType.Float32);
        var error = Assert.ThrowsAny<ExternalException>(() => Fused(parameters, bias, tensor(new[] { target }), ones(1)));
        Assert.Contains($"target {target} of token 0 is outside 0..5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NoTokensAtAllSumToZero()
    {
        using var scope = NewDisposeScope();
        var (parameters, bias) = Parameters(0, 4, 6, true, ScalarType.Float32);
        var (sum, loss) = Fused(parameters, bias, zeros(0, dtype: ScalarType.Int64), zeros(0));
        Assert.Equal(0, sum.item<float>());
        Assert.Equal([0], loss.shape);
    }

    [Fact]
    public void AKeptGraphCanBeGoneThroughTwiceWithTheSameBits()
    {
        using var scope = NewDisposeScope();
        manual_seed(14);
        var (parameters, bias) = Parameters(40, 24, 700, true, ScalarType.Float32);
        var (sum, _) = Fused(parameters, bias, randint(0, 700, [40]), ones(40));
        var first = autograd.grad([sum * 3], parameters, retain_graph: true);
        var second = autograd.grad([sum * 3], parameters);
        for (var i = 0; i < parameters.Length; i++) TensorAssert.Identical(first[i], second[i], $"gradient {i}");
    }

    private static (Tensor[] Parameters, Tensor? Bias) Parameters(long tokens, long hidden, long vocabulary, bool hasBias, ScalarType type)
    {
        // A view that is not contiguous, as a decoder's transposed output would be.
        Tensor input;
        using (no_grad()) input = randn([hidden, tokens], dtype: type).t();
        var weight = randn([vocabulary, hidden], dtype: type).requires_grad_();
        var bias = hasBias ? randn([vocabulary], dtype: type).requires_grad_() : null;
        Tensor[] parameters = [input.requires_grad_(), weight, .. bias is null ? Array.Empty<Tensor>() : [bias]];
        return (parameters, bias);
    }

    private static (Tensor Sum, Tensor TokenLoss) Fused(Tensor[] parameters, Tensor? bias, Tensor target, Tensor weight, double expected = 1) =>
        NativeKernels.LinearCrossEntropy(parameters[0], parameters[1], bias, target, weight, expected);

    private static (Tensor Sum, Tensor TokenLoss) Composed(Tensor[] parameters, Tensor? bias, Tensor target, Tensor weight)
    {
        var logits = nn.functional.linear(parameters[0], parameters[1], bias);
        var loss = nn.functional.cross_entropy(logits, target, reduction: nn.Reduction.None);
        return ((loss * weight).sum(), (loss * (weight != 0)).detach());
    }
}
