using Research.TextVae.Evaluation;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Evaluation;

public sealed class ActiveUnitsTests
{
    /// <summary>Means ±a have sample variance a² N/(N − 1): just under, just over and far over 0.01.</summary>
    [Fact]
    public void Counts_dimensions_whose_mean_varies_by_at_least_a_hundredth()
    {
        var sign = torch.tensor([.. Enumerable.Range(0, 100).Select(i => i % 2 == 0 ? 1.0 : -1.0)], dtype: float64).unsqueeze(1);
        var scales = torch.tensor([0.0, 0.099, 0.1, 2.0], dtype: float64).unsqueeze(0);

        Assert.Equal(2, ActiveUnits.Count(sign * scales));
    }
}
