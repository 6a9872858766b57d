using Research.TextVae.Support;
using Research.TextVae.Training;

namespace Research.TextVae.Tests.Training;

public sealed class JsonLinesTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_line_torn_by_a_killed_process_is_passed_over_and_cut_off()
    {
        JsonLines.Append(_path, 1);
        File.AppendAllText(_path, "{\"kind\":\"tra");

        Assert.Equal([1], JsonLines.Read<int>(_path));
        JsonLines.Append(_path, 2);
        Assert.Equal("1\n2\n", File.ReadAllText(_path));
    }

    [Fact]
    public void A_damaged_whole_line_is_named()
    {
        File.WriteAllText(_path, "1\n{]\n3\n");

        var exception = Assert.Throws<UserException>(() => JsonLines.Read<int>(_path));
        Assert.StartsWith($"{_path}(2): ", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>As 0.1 wrote it, when importance-weighted likelihoods had neither an error nor effective samples.</summary>
    [Fact]
    public void A_final_record_of_an_earlier_version_is_read()
    {
        File.WriteAllText(_path, """
            {"kind":"final","split":"test","metrics":{"of":"vae","klPerDimension":[0.5,0.25],"mutualInformation":0.6,
            "batchMutualInformation":0.5,"activeUnits":2,"objectiveKl":0.75,"examples":10,"tokens":80,"reconstruction":30.5},
            "iwNll":30.9,"iwPerplexity":47.6,"iwSamples":500,"iwSentences":10,"reconstructionBleu":3.5,"parameters":123,
            "seconds":4.5,"step":7,"epoch":2,"time":"2026-11-01T10:15:00+00:00"}
            """.ReplaceLineEndings("") + "\n");

        var final = Assert.IsType<FinalRecord>(Assert.Single(JsonLines.Read<MetricsRecord>(_path)));

        Assert.Equal((30.9, 500), (final.IwNll, final.IwSamples));
        Assert.Null(final.IwStandardError);
        Assert.Null(final.IwMonteCarloError);
        Assert.Null(final.IwEffectiveSamples);
        Assert.Null(final.IwConverged);
        Assert.Equal((0.6, 0.0), (final.Metrics.MutualInformation, final.Metrics.MutualInformationError));
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

        JsonLines.Append(_path, record);

        Assert.Equal([record], JsonLines.Read<MetricsRecord>(_path));
        Assert.StartsWith("{\"kind\":\"train\",", File.ReadAllText(_path), StringComparison.Ordinal);
    }
}
