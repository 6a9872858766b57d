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
        Assert.Equal(0, ActiveUnits.CountUndecided(sign * scales));
    }

    /// <summary>Variances of 0.01 ± 5·10⁻⁶ are within the margin, of 0.01 ± 2·10⁻⁵ they are not.</summary>
    [Fact]
    public void Says_which_counts_rounding_decides()
    {
        var sign = torch.tensor([.. Enumerable.Range(0, 100).Select(i => i % 2 == 0 ? 1.0 : -1.0)], dtype: float64).unsqueeze(1);
        var scales = torch.tensor([0.01 - 2e-5, 0.01 - 5e-6, 0.01 + 5e-6, 0.01 + 2e-5], dtype: float64).mul(99 / 100.0).sqrt();

        Assert.Equal(2, ActiveUnits.CountUndecided(sign * scales));
        Assert.Equal(2, ActiveUnits.Count(sign * scales));
    }
}
