using System.Runtime.InteropServices;
using Research.TextVae.Models;
using Research.TextVae.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Objectives;

public sealed class LinearMultinomialTests
{
    /// <summary>The native kernel against standard operators: one word, several tiles of words, several passes of documents, no bias.</summary>
    [Theory]
    [InlineData(1, 2, 1, true)]
    [InlineData(5, 17, 40, true)]
    [InlineData(9, 40, 1300, false)]
    [InlineData(450, 24, 1037, true)]
    public void Values_and_gradients_are_those_of_standard_operators(int documents, int hidden, int vocabulary, bool hasBias)
    {
        manual_seed(1);
        var random = new Random(2);
        // The first document is empty; words repeat.
        var bags = BagOfWords.From(
            [.. Enumerable.Range(0, documents).Select(i => Enumerable.Range(0, i * 7 % 60).Select(_ => random.Next(vocabulary)).ToArray())], CPU);
        var input = (randn(documents, hidden) * 2).requires_grad_();
        var weight = randn(vocabulary, hidden).requires_grad_();
        var bias = hasBias ? randn(vocabulary).requires_grad_() : null;
        Tensor[] parameters = bias is null ? [input, weight] : [input, weight, bias];

        var (expected, expectedEach) = LinearMultinomial.Composed(input, weight, bias, bags);
        var (total, each) = LinearMultinomial.Of(input, weight, bias, bags);
        var gradients = autograd.grad([total * 0.25], parameters);
        var expectedGradients = autograd.grad([expected * 0.25], parameters);

        Assert.False(each.requires_grad);
        Assert.True(total.allclose(expected, rtol: 1e-5), $"{total.item<float>()} against {expected.item<float>()}");
        Assert.True(each.allclose(expectedEach, rtol: 1e-5, atol: 1e-3));
        for (var i = 0; i < parameters.Length; i++)
            Assert.True(gradients[i].allclose(expectedGradients[i], rtol: 1e-4, atol: 1e-4), $"gradient {i}");
        using var _ = no_grad();
        Assert.True(LinearMultinomial.Of(input, weight, bias, bags).PerDocument.allclose(each));
    }

    [Fact]
    public void A_word_outside_the_vocabulary_is_an_error()
    {
        var error = Assert.ThrowsAny<ExternalException>(() => LinearMultinomial.Of(rand(1, 2), rand(5, 2), null, BagOfWords.From([[5]], CPU)));

        Assert.Contains("word 5 of document 0 is outside 0..4", error.Message, StringComparison.Ordinal);
    }
}
