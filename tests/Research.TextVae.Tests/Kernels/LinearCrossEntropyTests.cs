using Research.TextVae.Kernels;
using Research.TextVae.Tests.PyTorch;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Kernels;

public sealed class LinearCrossEntropyTests
{
    [KernelTheory]
    [InlineData(1, 3, 2, true)]       // one token
    [InlineData(5, 17, 1, true)]      // one word: the loss is 0
    [InlineData(50, 64, 513, true)]   // one word more than a tile
    [InlineData(900, 40, 1037, false)] // several passes, no bias
    [InlineData(6, 0, 9, true)]       // no features: the bias alone
    public void Values_and_gradients_are_those_of_the_reference_form(int tokens, int hidden, int vocabulary, bool hasBias)
    {
        using var scope = NewDisposeScope();
        manual_seed(11);
        var (target, weight) = Tokens(tokens, vocabulary);
        // The last is what the backward pass brings to a sum of this many tokens' losses in training.
        foreach (var expected in new[] { 1, 0.25, 1.0 / tokens })
        {
            KernelAssert.FormsAgree(
                Operands(tokens, hidden, vocabulary, hasBias),
                t => Run(t, hasBias ? t[2] : null, target, weight, expected),
                4e-7,
                3e-6);
        }
    }

    /// <summary>Only what is wanted is computed.</summary>
    [KernelTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_gradient_of_one_operand_alone_is_the_same(int wanted)
    {
        using var scope = NewDisposeScope();
        manual_seed(12);
        var (target, weight) = Tokens(50, 513);
        var operands = Operands(50, 64, 513, true);
        for (var i = 0; i < operands.Length; i++)
            operands[i].requires_grad_(i == wanted);
        KernelAssert.FormsAgree(operands, t => Run(t, t[2], target, weight, 1), 4e-7, 3e-6);
    }

    [Fact]
    public void The_reference_form_agrees_with_finite_differences()
    {
        using var scope = NewDisposeScope();
        manual_seed(13);
        var (target, weight) = (tensor(new long[] { 0, 4, -1, 2 }), tensor(new[] { 1.0, 0.5, 0, 2 }));
        KernelAssert.ReferenceAgreesWithDifferences(Operands(4, 3, 5, true), t => Run(t, t[2], target, weight, 1)[0]);
    }

    [Fact]
    public void Large_logits_neither_overflow_nor_lose_the_loss()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (input, weight) = (tensor(new[,] { { 500f }, { -500f } }), tensor(new[,] { { 1f }, { -1f } }));
        var (_, loss) = LinearCrossEntropy.Compute(input, weight, null, zeros(2, dtype: ScalarType.Int64), ones(2));
        TensorAssert.Close(tensor(new[] { 0f, 1000f }), loss, 1e-6);
    }

    [Fact]
    public void A_number_that_is_none_reaches_the_sum()
    {
        using var scope = NewDisposeScope();
        var (sum, _) = LinearCrossEntropy.Compute(full([3, 2], float.NaN), ones(70, 2), null, zeros(3, dtype: ScalarType.Int64), ones(3));
        Assert.True(float.IsNaN(sum.item<float>()));
    }

    [Fact]
    public void Tokens_of_weight_zero_need_no_target_and_get_no_gradient()
    {
        using var scope = NewDisposeScope();
        manual_seed(14);
        var operands = Operands(3, 4, 6, true);
        var target = tensor(new long[] { 1, -1, 3 });
        var gradients = autograd.grad([Run(operands, operands[2], target, tensor(new[] { 1f, 0, 1 }), 1)[0]], operands);
        Assert.Equal(0, gradients[0][1].abs().sum().item<float>());

        var nothing = Run(operands, operands[2], target, zeros(3), 1);
        Assert.Equal(0, nothing[0].item<float>() + nothing[1].abs().sum().item<float>());
        Assert.All(autograd.grad([nothing[0]], operands), gradient => Assert.Equal(0, gradient.abs().sum().item<float>()));
    }

    [Fact]
    public void No_tokens_at_all_sum_to_zero()
    {
        using var scope = NewDisposeScope();
        var operands = Operands(0, 4, 6, true);
        var nothing = Run(operands, operands[2], zeros(0, dtype: ScalarType.Int64), zeros(0), 1);
        Assert.Equal(0, nothing[0].item<float>());
        Assert.Equal([0], nothing[1].shape);
        Assert.All(autograd.grad([nothing[0]], operands), gradient => Assert.Equal(0, gradient.abs().sum().item<float>()));
    }

    [Fact]
    public void A_kept_graph_can_be_gone_through_again_with_the_same_bits()
    {
        using var scope = NewDisposeScope();
        manual_seed(15);
        var operands = Operands(40, 24, 700, true);
        var sum = Run(operands, operands[2], Tokens(40, 700).Target, ones(40), 1)[0];
        var first = autograd.grad([sum * 3], operands, retain_graph: true);
        var second = autograd.grad([sum * 3], operands);
        for (var i = 0; i < operands.Length; i++)
            TensorAssert.Identical(first[i], second[i], $"gradient {i}");
    }

    [Theory]
    [InlineData(6)]
    [InlineData(-1)]
    public void A_target_outside_the_vocabulary_is_named(long target)
    {
        using var scope = NewDisposeScope();
        var operands = Operands(2, 4, 6, true);
        void Compute() => Run(operands, operands[2], tensor(new[] { 5, target }), ones(2), 1);
        foreach (var form in Forms.Both())
        {
            using (form)
                Assert.Contains($"target {target} of token 1 is outside 0..5", KernelAssert.Mistake(Compute), StringComparison.Ordinal);
        }
    }

    private static Tensor[] Operands(long tokens, long hidden, long vocabulary, bool hasBias)
    {
        var (x, w, b) = (randn(tokens, hidden), randn(vocabulary, hidden) / Math.Sqrt(Math.Max(1, hidden)), randn(vocabulary));
        return Array.ConvertAll(hasBias ? new[] { x, w, b } : [x, w], values => KernelAssert.Leaf(values));
    }

    // Nothing lies in order; a third of the weights are 0.
    private static (Tensor Target, Tensor Weight) Tokens(long tokens, long vocabulary) =>
        (KernelAssert.Integers(vocabulary, tokens), KernelAssert.Scattered(rand(tokens) * rand(tokens).gt(0.3)));

    private static Tensor[] Run(Tensor[] operands, Tensor? bias, Tensor target, Tensor weight, double expected)
    {
        var (sum, losses) = LinearCrossEntropy.Compute(operands[0], operands[1], bias, target, weight.to_type(operands[0].dtype), expected);
        Assert.False(losses.requires_grad);
        return [sum, losses];
    }
}
