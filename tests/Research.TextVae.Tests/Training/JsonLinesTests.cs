using Research.TextVae.Support;
using Research.TextVae.Training;

namespace Research.TextVae.Tests.Training;

public sealed class JsonLinesTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void A_line_torn_by_a_killed_process_is_passed_over_and_cut_off()
    {
        JsonLines.Append(path, 1);
        File.AppendAllText(path, "{\"kind\":\"tra");

        Assert.Equal([1], JsonLines.Read<int>(path));
        JsonLines.Append(path, 2);
        Assert.Equal("1\n2\n", File.ReadAllText(path));
    }

    [Fact]
    public void A_damaged_whole_line_is_named()
    {
        File.WriteAllText(path, "1\n{]\n3\n");

        var exception = Assert.Throws<UserException>(() => JsonLines.Read<int>(path));
        Assert.StartsWith($"{path}(2): ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_come_back_as_what_they_were()
    {
        MetricsRecord record = new TrainRecord
        {
            Step = 3,
            Epoch = 1,
            Time = DateTimeOffset.UnixEpoch,
            Loss = 1.5,
            Reconstruction = 1,
            Kl = double.PositiveInfinity,
            KlWeight = 0.5,
            LearningRate = 1e-3,
            GradientNorm = 2,
            TokensPerSecond = 10,
        };

        JsonLines.Append(path, record);

        Assert.Equal([record], JsonLines.Read<MetricsRecord>(path));
        Assert.StartsWith("{\"kind\":\"train\",", File.ReadAllText(path), StringComparison.Ordinal);
    }
}
