using Research.TextVae.Evaluation;
using Research.TextVae.Models.NGram;

namespace Research.TextVae.Tests.Evaluation;

public sealed class TemperatureCurveTests
{
    [Fact]
    public void Evaluates_texts_of_each_temperature()
    {
        int[][] heldOut = [[4, 5], [5, 4]];
        IReadOnlyList<int[]> Generate(double temperature) => temperature < 1 ? [[4, 4], [4, 4]] : [[4, 5], [5, 5]];

        var curve = TemperatureCurve.Evaluate([0.5, 1], Generate, texts => texts[1][0], heldOut, vocabulary: 6);

        Assert.Equal([4, 5], curve.Real);
        Assert.Equal(NGramModel.Train([[4, 5], [5, 5]], 6).Perplexity(heldOut), curve.Covered[1]);
        Assert.Equal((curve.Covered[0] + curve.Covered[1]) / 2, curve.CoveredAsReal(4.5), 1e-9);
        Assert.Equal(curve.Covered[0], curve.CoveredAsReal(3));
        Assert.Equal(curve.Covered[1], curve.CoveredAsReal(6));
    }
}
