using Research.TextVae.Evaluation;
using Research.TextVae.Experiments;
using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Tests.Training;
using Research.TextVae.Training;

namespace Research.TextVae.Tests.Charts;

/// <summary>A finished sweep of full size that was never run: five values with three seeds as records, of which the run makes its
/// report. With the last value the posterior has collapsed.</summary>
internal static class SweepOfRecords
{
    public const string Collapsed = "it was not a great deal of the same .";

    private const int Epochs = 40, StepsPerEpoch = 30, Latent = 32;

    private static readonly (double Beta, double Rate, double Distortion, int Units)[] Models =
        [(0, 292.4, 34.8, 32), (0.1, 9.24, 32.6, 31), (0.25, 3.33, 34.5, 32), (0.5, 0.26, 36.2, 17), (1, 0.0004, 36.4, 0)];

    /// <summary>Writes the records and lets the run go on from them to its end.</summary>
    /// <returns>The path of the report.</returns>
    public static string Report(string folder)
    {
        var data = TinyText.Load();
        var sweep = new Sweep("β", [.. Models.Select(model => model.Beta)], _ => new Trial { Data = data, Model = new LstmVaeConfig() })
            .About("Five models of which only the weight of the KL term differs.")
            .Seeds(3)
            .Headline("LSTM VAE, β and posterior collapse", "000", results => $"KL {results[0.1].Kl:0.0} → {results[1].Kl:0.00} nats");
        foreach (var claim in Enumerable.Range(1, 6))
            sweep.Expect($"claim {claim} of those that such a recipe states about its results", results => results.Falls(at => at.Kl));

        using var run = RunFolder.Create(folder, "full-size", DateTimeOffset.UnixEpoch);
        var description = new RunDescription
        {
            Recipe = "full-size",
            Title = "What β does to a text VAE",
            About = sweep.Description,
            Preset = Preset.Full,
            Seed = 1,
            Device = "cpu",
            Parameters = Enumerable.Range(0, 20).ToDictionary(i => $"parameter-{i}", i => $"{i}"),
            Members = sweep.Members(1),
        };
        run.Write(RunDescription.FileName, description);
        foreach (var (member, i) in description.Members.Select((member, i) => (member, i)))
            Write(run.Member(member.Name), Models[i / 3], member.Seed);
        var console = new RunConsole(Terminal.Out, TimeProvider.System);
        var execution = new ExperimentRun(description, sweep, new RunOptions { AcceptChanges = true }, console, TimeProvider.System);
        Assert.Equal(ExitCode.Success, execution.Execute(run, default));
        return run.Report;
    }

    private static void Write(string folder, (double Beta, double Rate, double Distortion, int Units) model, ulong seed)
    {
        var random = new Random((int)seed);
        double Near(double value) => value * (1 + 0.02 * random.NextDouble());
        VaeMetrics Metrics(double trained) => new()
        {
            Examples = 259,
            Tokens = 2600,
            Reconstruction = Near(model.Distortion + 20 * (1 - trained)),
            KlPerDimension = [.. Enumerable.Range(0, Latent).Select(d => Near(trained * model.Rate * Math.Pow(0.8, d) * 0.2))],
            MutualInformation = Near(trained * Math.Min(5.5, model.Rate)),
            BatchMutualInformation = 1,
            ActiveUnits = model.Units,
            ObjectiveKl = model.Rate,
        };

        var metrics = Path.Combine(folder, "metrics.jsonl");
        for (var step = 10; step <= Epochs * StepsPerEpoch; step += 10)
        {
            var (epoch, trained) = ((step - 1) / StepsPerEpoch + 1, step / (double)(Epochs * StepsPerEpoch));
            JsonLines.Append<MetricsRecord>(metrics, new TrainRecord
            {
                Step = step,
                Epoch = epoch,
                Time = default,
                Loss = 40,
                LearningRate = 1e-3,
                GradientNorm = 1,
                TokensPerSecond = 1e4,
                Reconstruction = Near(model.Distortion + 30 * Math.Exp(-5 * trained)),
                Kl = Near(model.Rate),
                KlWeight = model.Beta,
            });
            if (step % StepsPerEpoch == 0)
                JsonLines.Append<MetricsRecord>(metrics, new EpochRecord
                {
                    Step = step,
                    Epoch = epoch,
                    Time = default,
                    Objective = 40,
                    Metrics = Metrics(trained),
                    Seconds = step,
                });
        }

        JsonLines.Append<MetricsRecord>(metrics, new FinalRecord
        {
            Step = Epochs * StepsPerEpoch,
            Epoch = Epochs,
            Time = default,
            Split = "test",
            Metrics = Metrics(1),
            IwNll = Near(36.3),
            IwStandardError = 0.84,
            IwMonteCarloError = 0.01,
            IwEffectiveSamples = 400,
            IwConverged = true,
            IwPerplexity = Near(47.8),
            IwSamples = 500,
            IwSentences = 259,
            ReconstructionBleu = Near(2),
            Parameters = 1_000_000,
            Seconds = 187,
        });

        // As many as a recipe lets a model write, and as long as it lets them become.
        string[] words = ["she", "was", "not", "the", "garden", "of", "a", "very", "great", "deal", "“", "and", "highbury", "—"];
        string Text() => model.Units == 0
            ? Collapsed
            : string.Join(' ', Enumerable.Range(0, random.Next(1, 40)).Select(_ => words[random.Next(words.Length)]));
        string[] Texts(int count) => [.. Enumerable.Range(0, count).Select(_ => Text())];
        SampleRecord[] samples =
        [
            .. from decoding in (string[])["greedy", "T = 1", "T = 0.8, top-p 0.9"]
               from text in Texts(16)
               select new SampleRecord(SampleRecord.Prior, decoding, [text]),
            .. Texts(8).Select((text, i) => new SampleRecord(SampleRecord.Reconstruction, "greedy", [$"sentence {i} of the test", text])),
            .. from kind in (string[])[SampleRecord.Interpolation, SampleRecord.PriorInterpolation]
               from path in (string[])["linear, greedy", "spherical, greedy", "linear, greedy", "spherical, greedy"]
               select new SampleRecord(kind, path, Texts(8)),
        ];
        foreach (var sample in samples)
            JsonLines.Append(Path.Combine(folder, "samples.jsonl"), sample);
    }
}
