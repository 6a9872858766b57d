using Research.TextVae.Kernels;
using Research.TextVae.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Kernels;

public sealed class LinearMultinomialTests
{
    [KernelTheory]
    [InlineData(1, 2, 1, true)]     // one word
    [InlineData(5, 17, 40, true)]
    [InlineData(9, 40, 1300, false)] // several tiles of words, no bias
    [InlineData(450, 24, 1037, true)] // several passes of documents
    public void Values_and_gradients_are_those_of_the_reference_form(int documents, int hidden, int vocabulary, bool hasBias)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var bags = Bags(documents, vocabulary);
        foreach (var expected in new[] { 1, 1.0 / documents })
        {
            KernelAssert.FormsAgree(
                Operands(documents, hidden, vocabulary, hasBias),
                t => Run(t, hasBias ? t[2] : null, bags, expected),
                4e-7,
                2e-5);
        }
    }

    [Fact]
    public void The_reference_form_agrees_with_finite_differences()
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        var bags = BagOfWords.From([[1, 4, 1], [], [0]], CPU);
        KernelAssert.ReferenceAgreesWithDifferences(Operands(3, 3, 5, true), t => Run(t, t[2], bags, 1)[0]);
    }

    [Fact]
    public void Empty_documents_cost_nothing_wherever_they_are()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var operands = Operands(4, 3, 5, true);
        foreach (var form in Forms.Both())
        {
            using (form)
            {
                var results = Run(operands, operands[2], BagOfWords.From([[], [2, 2], [], []], CPU), 1);
                Assert.Equal([true, false, true, true], results[1].eq(0).data<bool>().ToArray());
                var gradient = autograd.grad([results[0]], operands)[0]; // of the features
                Assert.Equal([true, false, true, true], gradient.eq(0).all(1).data<bool>().ToArray());
                Assert.Equal(0, Run(operands, operands[2], BagOfWords.From([[], [], [], []], CPU), 1)[0].item<float>());
            }
        }
    }

    [Fact]
    public void Documents_that_are_out_of_order_or_range_are_named()
    {
        using var scope = NewDisposeScope();
        var (input, weight) = (rand(2, 3), rand(5, 3));
        string Mistake(long[] words, long[] offsets) => KernelAssert.Mistake(
            () => LinearMultinomial.Compute(input, weight, null, tensor(words), ones(words.Length), tensor(offsets)));
        foreach (var form in Forms.Both())
        {
            using (form)
            {
                Assert.Contains("word 5 of document 1 is outside 0..4", Mistake([4, 5], [0, 1]), StringComparison.Ordinal);
                Assert.Contains("word -1 of document 0 is outside 0..4", Mistake([-1, 4], [0, 1]), StringComparison.Ordinal);
                Assert.Contains("word 2 of document 0", Mistake([3, 2], [0, 2]), StringComparison.Ordinal);
                Assert.Contains("offsets must begin with 0", Mistake([3, 4], [1, 2]), StringComparison.Ordinal);
                Assert.Contains("document 0 has entries 0..3 of 2", Mistake([3, 4], [0, 3]), StringComparison.Ordinal);
            }
        }
    }

    // The first document is empty; words repeat.
    internal static BagOfWords Bags(int documents, int vocabulary)
    {
        var random = new Random(2);
        int[] Document(int words) => [.. Enumerable.Range(0, words).Select(_ => random.Next(vocabulary))];
        return BagOfWords.From([.. Enumerable.Range(0, documents).Select(i => Document(i * 7 % 60))], CPU);
    }

    private static Tensor[] Operands(long documents, long hidden, long vocabulary, bool hasBias)
    {
        var (x, w, b) = (randn(documents, hidden), randn(vocabulary, hidden) / Math.Sqrt(hidden), randn(vocabulary));
        return Array.ConvertAll(hasBias ? new[] { x, w, b } : [x, w], values => KernelAssert.Leaf(values));
    }

    private static Tensor[] Run(Tensor[] operands, Tensor? bias, BagOfWords bags, double expected)
    {
        var (sum, losses) = LinearMultinomial.Compute(
            operands[0], operands[1], bias, bags.Words, bags.Counts.to_type(operands[0].dtype), bags.Offsets, expected);
        Assert.False(losses.requires_grad);
        return [sum, losses];
    }
}
