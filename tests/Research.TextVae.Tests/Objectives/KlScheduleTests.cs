using System.Text.Json;
using Research.TextVae.Models;
using Research.TextVae.Objectives;

namespace Research.TextVae.Tests.Objectives;

public sealed class KlScheduleTests
{
    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(5, 0.35)]
    [InlineData(10, 0.6)]
    [InlineData(25, 0.6)]
    public void Linear_warm_up_rises_and_stays(double epoch, double weight) =>
        Assert.Equal(weight, new LinearKl { From = 0.1, To = 0.6, Epochs = 10 }.WeightAt(epoch), 12);

    [Fact]
    public void Constant_stays() => Assert.Equal(0.25, new ConstantKl(0.25).WeightAt(3.7));

    [Fact]
    public void Configurations_come_back_from_json_as_what_they_were()
    {
        KlSchedule[] schedules = [new ConstantKl(0.5), new LinearKl { Epochs = 2.5 }];
        ModelConfig model = new LstmVaeConfig { Hidden = 7, TieOutput = true };

        foreach (var schedule in schedules)
            Assert.Equal(schedule, JsonSerializer.Deserialize<KlSchedule>(JsonSerializer.Serialize(schedule)));
        Assert.Equal(model, JsonSerializer.Deserialize<ModelConfig>(JsonSerializer.Serialize(model)));
    }

    [Fact]
    public void An_unknown_key_or_a_wrong_value_is_refused()
    {
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<KlSchedule>("""{"schedule":"linear","Epochs":3,"Form":0}"""));
        Assert.Equal("Weight is -1; it must be at least 0.", Assert.Throws<UserErrorException>(() => new ConstantKl(-1)).Message);
    }
}
