using Research.TextVae.Generation;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Generation;

public sealed class LogitsFilterTests
{
    private static readonly double[] Probabilities = [0.1, 0.4, 0.05, 0.25, 0.2];

    [Fact]
    public void Top_k_keeps_the_k_likeliest() =>
        Assert.Equal([1, 3], Kept(new TopK(2)));

    /// <summary>0.4 + 0.25 is short of 0.7, so the third likeliest is still needed.</summary>
    [Theory]
    [InlineData(0.01, new[] { 1 })]
    [InlineData(0.4, new[] { 1 })]
    [InlineData(0.7, new[] { 1, 3, 4 })]
    [InlineData(1.0, new[] { 0, 1, 2, 3, 4 })]
    public void Top_p_keeps_the_fewest_that_hold_the_mass(double p, int[] kept) =>
        Assert.Equal(kept, Kept(new TopP(p - 1e-9 > 0 ? p - 1e-9 : p)));

    [Fact]
    public void Temperature_raises_probabilities_to_its_inverse()
    {
        var filtered = new Temperature(0.5).Apply(Logits()).softmax(1).data<double>().ToArray();

        var powers = Probabilities.Select(p => p * p).ToArray();
        for (var token = 0; token < powers.Length; token++)
            Assert.Equal(powers[token] / powers.Sum(), filtered[token], 10);
    }

    private static int[] Kept(LogitsFilter filter)
    {
        var filtered = filter.Apply(Logits()).data<double>().ToArray();
        return [.. Enumerable.Range(0, filtered.Length).Where(token => !double.IsNegativeInfinity(filtered[token]))];
    }

    private static Tensor Logits() => torch.tensor(Probabilities, dtype: float64).log().unsqueeze(0);
}
