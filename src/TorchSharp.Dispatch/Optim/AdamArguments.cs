namespace TorchSharp.Modules;

/// <summary>The ranges in which Adam is defined.</summary>
internal static class AdamArguments
{
    public static void Check(double lr, double beta1, double beta2, double eps, double weightDecay)
    {
        Require(lr >= 0, nameof(lr), lr, "at least 0");
        Require(beta1 is >= 0 and < 1, nameof(beta1), beta1, "at least 0 and below 1");
        Require(beta2 is >= 0 and < 1, nameof(beta2), beta2, "at least 0 and below 1");
        Require(eps >= 0, nameof(eps), eps, "at least 0");
        Require(weightDecay >= 0, "weight_decay", weightDecay, "at least 0");
    }

    private static void Require(bool holds, string name, double value, string range)
    {
        if (!holds)
            throw new ArgumentException(FormattableString.Invariant($"{name} must be {range}, is {value}."));
    }
}
