namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            /// <summary>Sets the learning rate of each parameter group, usually once an epoch or every so many batches.</summary>
            public abstract class LRScheduler
            {
                private protected readonly Optimizer optimizer;
                private protected readonly double[] baseRates;
                private protected int epoch;
                private double[] lastRates;

                protected LRScheduler(Optimizer optimizer, int last_epoch = -1, bool verbose = false)
                {
                    ArgumentNullException.ThrowIfNull(optimizer);
                    this.optimizer = optimizer;
                    epoch = last_epoch;
                    Verbose = verbose;
                    baseRates = [.. optimizer.ParamGroups.Select(group => group.InitialLearningRate)];
                    lastRates = [.. optimizer.ParamGroups.Select(group => group.LearningRate)];
                }

                private protected bool Verbose { get; }

                public virtual void step() => step(null);

                /// <summary>Advances by one, or to the given epoch.</summary>
                public virtual void step(int? epoch)
                {
                    this.epoch = epoch ?? this.epoch + 1;
                    var rates = (epoch is null ? get_lr() : get_closed_form_lr()).ToArray();
                    foreach (var (group, rate) in optimizer.ParamGroups.Zip(rates))
                    {
                        if (Verbose && group.LearningRate != rate)
                            Console.WriteLine(FormattableString.Invariant($"Adjusting learning rate to {rate}"));
                        group.LearningRate = rate;
                    }
                    lastRates = rates;
                }

                /// <summary>Advances by one; most schedulers ignore the metric.</summary>
                public virtual void step(double current, int? epoch = null) => step(epoch);

                public IEnumerable<double> get_last_lr() => lastRates;

                /// <summary>The rates of this epoch from those of the one before.</summary>
                protected virtual IEnumerable<double> get_lr() => optimizer.ParamGroups.Select(group => group.LearningRate);

                /// <summary>The rates of this epoch from the initial ones.</summary>
                protected virtual IEnumerable<double> get_closed_form_lr() => get_lr();

                private protected IEnumerable<double> Scaled(double factor) =>
                    optimizer.ParamGroups.Select(group => group.LearningRate * factor);
            }
        }
    }
}
