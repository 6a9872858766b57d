namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>Multiplies the rate by a factor when a metric has not improved for more than <c>patience</c> epochs.</summary>
                public class ReduceLROnPlateau : LRScheduler
                {
                    private readonly bool minimise;
                    private readonly bool relative;
                    private readonly double factor;
                    private readonly int patience;
                    private readonly double threshold;
                    private readonly int cooldown;
                    private readonly double[] minimumRates;
                    private readonly double eps;
                    private double best;
                    private int badEpochs;
                    private int cooling;

                    public ReduceLROnPlateau(Optimizer optimizer, string mode = "min", double factor = 0.1, int patience = 10, double threshold = 1e-4, string threshold_mode = "rel", int cooldown = 0, IList<double>? min_lr = null, double eps = 1e-8, bool verbose = false)
                        : base(optimizer, -1, verbose)
                    {
                        if (factor >= 1)
                            throw new ArgumentException("The factor must be below 1.", nameof(factor));
                        minimise = OneOf(mode, "min", "max", nameof(mode));
                        relative = OneOf(threshold_mode, "rel", "abs", nameof(threshold_mode));
                        (this.factor, this.patience, this.threshold, this.cooldown, this.eps) = (factor, patience, threshold, cooldown, eps);
                        minimumRates = min_lr is { Count: > 1 } ? [.. min_lr] : [.. baseRates.Select(_ => min_lr is [var rate] ? rate : 0)];
                        best = minimise ? double.PositiveInfinity : double.NegativeInfinity;
                    }

                    public override void step() => step(null);

                    public override void step(int? epoch) =>
                        throw new InvalidOperationException("ReduceLROnPlateau needs the metric: step(value).");

                    public override void step(double current, int? epoch = null)
                    {
                        this.epoch = epoch ?? this.epoch + 1;
                        var improved = IsBetter(current);
                        if (improved)
                            best = current;
                        badEpochs = improved || cooling > 0 ? 0 : badEpochs + 1;
                        cooling = Math.Max(0, cooling - 1);
                        if (badEpochs <= patience)
                            return;
                        Reduce();
                        (cooling, badEpochs) = (cooldown, 0);
                    }

                    private bool IsBetter(double value)
                    {
                        var margin = relative ? best * threshold : threshold;
                        if (double.IsInfinity(best))
                            return minimise ? value < best : value > best;
                        return minimise ? value < best - margin : value > best + margin;
                    }

                    private void Reduce()
                    {
                        foreach (var (group, minimum) in optimizer.ParamGroups.Zip(minimumRates))
                        {
                            var rate = Math.Max(group.LearningRate * factor, minimum);
                            if (group.LearningRate - rate <= eps)
                                continue;
                            group.LearningRate = rate;
                            if (Verbose)
                                Console.WriteLine(FormattableString.Invariant($"Epoch {epoch}: reducing learning rate to {rate:g4}."));
                        }
                    }

                    private static bool OneOf(string value, string yes, string no, string name) =>
                        value == yes || (value == no ? false : throw new ArgumentException($"{name} is {yes} or {no}, not {value}.", name));
                }
            }

            public static LRScheduler ReduceLROnPlateau(Optimizer optimizer, string mode = "min", double factor = 0.1, int patience = 10, double threshold = 1e-4, string threshold_mode = "rel", int cooldown = 0, IList<double>? min_lr = null, double eps = 1e-8, bool verbose = false) =>
                new impl.ReduceLROnPlateau(optimizer, mode, factor, patience, threshold, threshold_mode, cooldown, min_lr, eps, verbose);
        }
    }
}
