using System.Text.Json;
using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Support;

namespace Research.TextVae.Tests.Objectives;

public sealed class KlScheduleTests
{
    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(5, 0.35)]
    [InlineData(10, 0.6)]
    [InlineData(25, 0.6)]
    public void Linear_warm_up_rises_and_stays(double epoch, double weight) =>
        Assert.Equal(weight, new LinearKl { From = 0.1, To = 0.6, Epochs = 10 }.At(epoch), 12);

    public static TheoryData<KlSchedule, double, double> Points { get; } = new()
    {
        { new SigmoidKl { Midpoint = 3, Width = 0.5, To = 0.8 }, 3, 0.4 },
        { new SigmoidKl { Midpoint = 3, Width = 0.5 }, 4, 0.880797077977882 }, // 1 / (1 + e⁻²)
        { new CosineKl { Epochs = 4, To = 0.6 }, 2, 0.3 },
        { new CosineKl { Epochs = 4 }, 1, 0.146446609406726 }, // (1 − cos 45°) / 2
        { new CosineKl { Epochs = 4 }, 9, 1 },
        { new CyclicalKl { Period = 4, Rising = 0.5 }, 5, 0.5 },
        { new CyclicalKl { Period = 4, Rising = 0.5 }, 7.9, 1 },
        { new CyclicalKl { Period = 4, Rising = 0.5, Cycles = 2, To = 0.7 }, 8, 0.7 },
        { new DelayedKl { Delay = 2, Then = new LinearKl { Epochs = 4 } }, 1.99, 0 },
        { new DelayedKl { Delay = 2, Then = new LinearKl { Epochs = 4 } }, 3, 0.25 },
    };

    [Theory]
    [MemberData(nameof(Points))]
    public void Schedules_pass_through_their_points(KlSchedule schedule, double epoch, double weight) =>
        Assert.Equal(weight, schedule.At(epoch), 12);

    public static TheoryData<KlSchedule, double> WarmUps { get; } = new()
    {
        { new ConstantKl(0.5), 0 },
        { new LinearKl { Epochs = 3 }, 3 },
        { new SigmoidKl { Midpoint = 3, Width = 0.5 }, 5.297559925067295 }, // 3 + ½ ln 99
        { new CosineKl { Epochs = 4 }, 4 },
        { new CyclicalKl { Period = 4, Rising = 0.25 }, 1 },
        { new CyclicalKl { Period = 4, Rising = 0.25, Cycles = 3 }, 9 },
        { new DelayedKl { Delay = 2, Then = new LinearKl { Epochs = 4 } }, 6 },
    };

    /// <summary>Up to then the weight is lower, and from then on it is what it leads to.</summary>
    [Theory]
    [MemberData(nameof(WarmUps))]
    public void Warm_ups_end_where_the_weight_is_reached(KlSchedule schedule, double epochs)
    {
        Assert.Equal(epochs, schedule.WarmUpEpochs, 12);
        Assert.InRange(schedule.At(epochs), 0.99 * schedule.Final - 1e-12, schedule.Final);
        Assert.True(epochs == 0 || schedule.At(epochs - 0.5) < 0.99 * schedule.Final);
    }

    [Fact]
    public void Constant_stays() => Assert.Equal(0.25, new ConstantKl(0.25).At(3.7));

    [Fact]
    public void Configurations_come_back_from_json_as_what_they_were()
    {
        KlSchedule[] schedules =
        [
            new ConstantKl(0.5), new LinearKl { Epochs = 2.5 }, new SigmoidKl { Width = 2 }, new CosineKl { To = 0.5 }, new CyclicalKl
            {
                Cycles = 3,
            },
            new DelayedKl { Then = new CyclicalKl { Period = 7 } },
        ];
        ModelConfig model = new LstmVaeConfig { HiddenSize = 7, TieOutput = true };

        foreach (var schedule in schedules)
            Assert.Equal(schedule, JsonSerializer.Deserialize<KlSchedule>(JsonSerializer.Serialize(schedule)));
        Assert.Equal(model, JsonSerializer.Deserialize<ModelConfig>(JsonSerializer.Serialize(model)));
    }

    [Fact]
    public void An_unknown_key_or_a_wrong_value_is_refused()
    {
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<KlSchedule>("""{"schedule":"linear","Epochs":3,"Form":0}"""));
        Assert.Equal("Weight is -1; it must be at least 0.", Assert.Throws<UserException>(() => new ConstantKl(-1)).Message);
    }
}
