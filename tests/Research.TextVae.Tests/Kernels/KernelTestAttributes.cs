using Research.TextVae.Kernels;

namespace Research.TextVae.Tests.Kernels;

/// <summary>A test of the fused form, which is left out where there is no library of kernels: it would compare nothing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KernelFactAttribute : FactAttribute
{
    public KernelFactAttribute() => Skip = WhyNot();

    internal static string? WhyNot() => KernelLibrary.IsAvailable ? null : $"The kernels are off. {KernelLibrary.Missing}";
}

/// <summary>As <see cref="KernelFactAttribute"/>, for a test with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KernelTheoryAttribute : TheoryAttribute
{
    public KernelTheoryAttribute() => Skip = KernelFactAttribute.WhyNot();
}
