namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>Half a cosine from the initial rate to <c>eta_min</c> in <c>T_max</c> steps (Loshchilov and Hutter 2017).</summary>
                public class CosineAnnealingLR : LRScheduler
                {
                    private readonly double period;
                    private readonly double minimum;

                    public CosineAnnealingLR(Optimizer optimizer, double T_max, double eta_min = 0, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        (period, minimum) = (T_max, eta_min);
                        step();
                    }

                    protected override IEnumerable<double> get_lr()
                    {
                        if (epoch == 0)
                            return Scaled(1);
                        // At the minimum the ratio of neighbours is 0/0; there the step is given as a difference.
                        if ((epoch - 1 - period) % (2 * period) == 0)
                            return optimizer.ParamGroups.Zip(baseRates, (group, rate) =>
                                group.LearningRate + (rate - minimum) * (1 - Math.Cos(Math.PI / period)) / 2);
                        var ratio = (1 + Math.Cos(Math.PI * epoch / period)) / (1 + Math.Cos(Math.PI * (epoch - 1) / period));
                        return optimizer.ParamGroups.Select(group => ratio * (group.LearningRate - minimum) + minimum);
                    }

                    // η = η_min + (η₀ − η_min)(1 + cos(π t/T)) / 2
                    protected override IEnumerable<double> get_closed_form_lr() =>
                        baseRates.Select(rate => minimum + (rate - minimum) * (1 + Math.Cos(Math.PI * epoch / period)) / 2);
                }
            }

            public static LRScheduler CosineAnnealingLR(Optimizer optimizer, double T_max, double eta_min = 0, int last_epoch = -1, bool verbose = false) =>
                new impl.CosineAnnealingLR(optimizer, T_max, eta_min, last_epoch, verbose);
        }
    }
}
