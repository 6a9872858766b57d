using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Text;

namespace Research.TextVae.Training;

/// <summary>
/// Follows whether the encoder of a VAE with a one-dimensional latent code keeps up with its decoder: the means of q(z|x) and of the
/// posterior p(z|x) that the model implies, sentence by sentence, while it trains (He et al. 2019, figure 2).
/// </summary>
/// <param name="model">The model.</param>
/// <param name="sentences">The sentences that are followed.</param>
/// <param name="points">Points of the quadrature.</param>
public sealed class PosteriorLag(TextVaeModel model, EncodedSentences sentences, int points)
{
    // Parts of the first epoch, in which it is decided whether the posterior collapses.
    private static readonly double[] Early = [0.05, 0.1, 0.25, 0.5];

    private readonly List<PosteriorSnapshot> _snapshots = [];

    /// <summary>All snapshots in their order.</summary>
    public IReadOnlyList<PosteriorSnapshot> Snapshots => _snapshots;

    /// <summary>Takes a snapshot.</summary>
    /// <param name="epochs">Epochs trained so far, with the fraction of the current one.</param>
    public void Take(double epochs) =>
        _snapshots.Add(new PosteriorSnapshot(epochs, QuadraturePosterior.Evaluate(model, sentences, points)));

    /// <summary>Takes a snapshot where one is due: at the end of each epoch, and more often in the first.</summary>
    /// <param name="progress">What a training says after each step.</param>
    public void Stepped(TrainingProgress progress)
    {
        var (batch, batches) = (progress.Batch, progress.Batches);
        if (batch == batches || (progress.Epoch == 1 && Early.Any(part => batch == (int)(part * batches))))
            Take(progress.Epoch - 1 + Math.Round((double)batch / batches, 2));
    }
}

/// <summary>The posteriors at a point of the training.</summary>
/// <param name="Epochs">Epochs trained so far, with the fraction of the current one.</param>
/// <param name="Posterior">The posteriors.</param>
public sealed record PosteriorSnapshot(double Epochs, QuadraturePosterior Posterior)
{
    /// <summary>Standard deviation of the means of p(z|x) over the sentences.</summary>
    public double ModelSpread => Spread(Posterior.ModelMeans);

    /// <summary>Standard deviation of the means of q(z|x) over the sentences.</summary>
    public double EncoderSpread => Spread(Posterior.EncoderMeans);

    /// <summary>Correlation of the two means over the sentences.</summary>
    public double Correlation => Statistics.Correlation(Posterior.ModelMeans, Posterior.EncoderMeans);

    // Of these sentences, not an estimate for others: divided by n.
    private static double Spread(IReadOnlyList<double> means)
    {
        var mean = means.Average();
        return Math.Sqrt(means.Average(value => (value - mean) * (value - mean)));
    }
}
