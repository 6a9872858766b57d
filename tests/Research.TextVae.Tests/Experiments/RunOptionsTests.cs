using Research.TextVae.Experiments;
using Research.TextVae.Support;

namespace Research.TextVae.Tests.Experiments;

public sealed class RunOptionsTests
{
    [Fact]
    public void Reads_every_option()
    {
        var options =
            RunOptions.Parse(["-p", "epochs=3", "--parameter=data=a=b.txt", "--smoke", "--seed", "7", "--device=cpu", "--runs", "there"]);

        Assert.Equal(
            (Preset.Smoke, 7UL, "cpu", "there", null), (options.Preset, options.Seed, options.Device, options.Runs, options.Resume));
        Assert.Equal("3", options.Parameters["epochs"]);
        Assert.Equal("a=b.txt", options.Parameters["data"]);
    }

    [Theory]
    [InlineData("--sede", "unknown option '--sede'")]
    [InlineData("--seed=-1", "--seed -1")]
    [InlineData("--seed", "--seed needs a value")]
    [InlineData("-p=3", "unknown option '-p=3'")]
    [InlineData("--device=tpu", "--device tpu")]
    [InlineData("epochs=3", "unknown option 'epochs=3'")]
    public void Says_what_is_wrong_in_one_line(string argument, string beginning)
    {
        var exception = Assert.Throws<UserException>(() => RunOptions.Parse([argument]));

        Assert.StartsWith(beginning, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }
}
