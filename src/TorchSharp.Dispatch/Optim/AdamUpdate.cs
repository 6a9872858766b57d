using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Hyperparameters of one Adam step, complete.</summary>
internal sealed record AdamStep(double LearningRate, double Beta1, double Beta2, double Eps, double WeightDecay, bool Decoupled, bool AmsGrad, bool Maximize);

/// <summary>A parameter with its gradient and its moments during a step.</summary>
internal sealed record AdamMoments(Parameter Parameter, Tensor Gradient, Tensor First, Tensor Second, Tensor? MaxSecond, long Step);

/// <summary>
/// The update of Adam (Kingma and Ba 2015) and AdamW (Loshchilov and Hutter 2019):
/// the fused kernel where there is one, otherwise in-place operators.
/// </summary>
internal static class AdamUpdate
{
    public static void Apply(AdamStep step, IReadOnlyCollection<AdamMoments> moments)
    {
        if (moments.Count == 0)
            return;
        if (CanFuse(step, moments))
        {
            foreach (var group in moments.GroupBy(entry => entry.Step))
                FusedKernels.AdamStep([.. group], group.Key, step);
            return;
        }
        foreach (var entry in moments)
            Compose(step, entry);
    }

    private static bool CanFuse(AdamStep step, IEnumerable<AdamMoments> moments) =>
        FusedKernels.HasAdamStep && !step.AmsGrad && !step.Maximize
        && moments.All(entry => entry.Parameter.device_type == DeviceType.CPU && !entry.Gradient.is_sparse);

    private static void Compose(AdamStep step, AdamMoments entry)
    {
        var (parameter, gradient, m, v, maxV, t) = entry;
        if (step.Maximize)
            gradient = gradient.neg();
        if (step.Decoupled)
            parameter.mul_(1 - step.LearningRate * step.WeightDecay);
        else if (step.WeightDecay != 0)
            gradient = gradient.add(parameter, alpha: step.WeightDecay);

        // m = β₁m + (1 − β₁)g,  v = β₂v + (1 − β₂)g²
        m.mul_(step.Beta1).add_(gradient, alpha: 1 - step.Beta1);
        v.mul_(step.Beta2).addcmul_(gradient, gradient, value: 1 - step.Beta2);
        if (maxV is not null)
            maxV.copy_(maximum(maxV, v));

        // θ = θ − η/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)
        var denominator = (maxV ?? v).sqrt().div_(Math.Sqrt(1 - Math.Pow(step.Beta2, t))).add_(step.Eps);
        parameter.addcdiv_(m, denominator, value: -step.LearningRate / (1 - Math.Pow(step.Beta1, t)));
    }
}
