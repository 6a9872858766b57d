using Research.TextVae.Experiments;

namespace Research.TextVae.Tests.Experiments;

public sealed class RecordedSpeedTests
{
    [Fact]
    public void Metrics_name_how_many_texts_are_generated()
    {
        Assert.Equal(["tok/s, 1 text", "tok/s, 32 texts"], [RecordedSpeed.Speed(1).Name, RecordedSpeed.Speed(32).Name]);
        Assert.Equal(["× float32", "× float32, 32"], [RecordedSpeed.Factor(1).Name, RecordedSpeed.Factor(32).Name]);
    }
}
