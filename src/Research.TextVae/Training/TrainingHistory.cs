using System.Globalization;
using Research.TextVae.Evaluation;
using Research.TextVae.Support;

namespace Research.TextVae.Training;

/// <summary>What was observed of a training, and where it ended. Losses are nats per example.</summary>
/// <param name="Steps">Means over the training steps since the record before, every <see cref="TrainingOptions.LogEvery"/> steps.</param>
/// <param name="Epochs">The validation examples after each epoch.</param>
/// <param name="End">Where it ended; the model has the weights of <see cref="TrainingPosition.BestEpoch"/>.</param>
[TypeFormatterSource(typeof(DescriptionFormatters), PreferredMimeTypes = [DescriptionFormatters.Html])]
public sealed record TrainingHistory(IReadOnlyList<TrainRecord> Steps, IReadOnlyList<EpochRecord> Epochs, TrainingPosition End) : IDescribed
{
    /// <summary>The validation record of the weights that the model was left with.</summary>
    public EpochRecord Best => Epochs[End.BestEpoch - 1];

    Description IDescribed.Describe() => new(
        $"{Epochs.Count} epochs, the best {End.BestEpoch}",
        ("steps", $"{End.Step:n0}"), ("seconds", $"{End.Seconds:0}"))
    {
        Rows =
        [
            Epochs.Any(epoch => epoch.Metrics is VaeMetrics)
                ? ["epoch", "reconstruction", "KL", "−ELBO", "MI", "active units", "s"]
                : ["epoch", "loss", "s"],
            .. Epochs.Select(epoch => Row(epoch)),
        ],
    };

    private static string[] Row(EpochRecord epoch) => epoch.Metrics is VaeMetrics vae
        ? [$"{epoch.Epoch}", Nats(vae.Reconstruction), Nats(vae.Kl), Nats(vae.NegativeElbo), Nats(vae.MutualInformation),
            $"{vae.ActiveUnits}", $"{epoch.Seconds:0}"]
        : [$"{epoch.Epoch}", Nats(epoch.Metrics.NegativeElbo), $"{epoch.Seconds:0}"];

    private static string Nats(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
