using Research.TextVae.Kernels;
using Research.TextVae.Tests.Models;
using Research.TextVae.Tests.PyTorch;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Kernels;

public sealed class ReferenceFormTests
{
    public static TheoryData<string> Families => ModelFamilies.Names;

    /// <summary>With dropout, whose masks are the same, and all else that draws from the default generator.</summary>
    [KernelTheory]
    [MemberData(nameof(Families))]
    public void A_whole_model_has_the_same_loss_and_gradients(string family)
    {
        using var scope = NewDisposeScope();
        var (model, loss) = ModelFamilies.Build(family);
        (Tensor Loss, Dictionary<string, Tensor> Gradients) Run()
        {
            manual_seed(2);
            model.zero_grad();
            var value = loss();
            DirectGradient.Backward(value);
            return (value, model.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.grad!.clone()));
        }

        using (model)
        {
            var fused = KernelAssert.WithThreads(2, Run);
            (Tensor Loss, Dictionary<string, Tensor> Gradients) reference;
            using (KernelLibrary.Disable())
            {
                Assert.False(KernelLibrary.IsAvailable);
                reference = Run();
            }

            TensorAssert.Close(reference.Loss, fused.Loss, 1e-6, "loss");
            foreach (var (name, gradient) in reference.Gradients)
                TensorAssert.Close(gradient, fused.Gradients[name], 1e-5, $"gradient of {name}");
        }
    }

    /// <summary>Sums in another order differ in their last bits: tests of the two forms against each other compare two things.</summary>
    [KernelFact]
    public void The_fused_form_is_another_form()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        var (x, w, target) = (randn(64, 300), randn(300, 300), randint(0, 300, [64], dtype: ScalarType.Int64));
        var text = randn(4, 40, 96);
        foreach (var (name, compute) in new (string, Func<Tensor>)[]
        {
            ("linear", () => LinearKernel.Compute(x, w, null)),
            ("lstm", () => LstmKernel.Compute(text, zeros(4, 64), zeros(4, 64), w[..256, ..96], w[..256, ..64], zeros(256)).Output),
            ("cross-entropy", () => LinearCrossEntropy.Compute(x, w, null, target, ones(64)).TokenLoss),
            ("multinomial", () => LinearMultinomial.Compute(x, w, null, target, ones(64), arange(64)).DocumentLoss),
            ("attention", () => Attention.ComputeSelf(text, 2)),
            ("gelu", () => GeluKernel.Compute(x)),
            ("embedding bag", () => EmbeddingKernel.ComputeBag(w, target, tensor(new long[] { 0 }), x[.., 0])),
        })
        {
            var fused = compute();
            using var form = KernelLibrary.Disable();
            Assert.False(fused.Equals(compute()), name);
        }
    }

    /// <summary>Other threads and tasks keep the fused form; what is started inside has not.</summary>
    [KernelFact]
    public async Task It_is_limited_to_the_flow_of_execution()
    {
        using var inside = new SemaphoreSlim(0);
        using var seen = new SemaphoreSlim(0);
        var other = Task.Run(async () =>
        {
            await inside.WaitAsync();
            var available = KernelLibrary.IsAvailable;
            seen.Release();
            return available;
        });
        using (KernelLibrary.Disable())
        {
            inside.Release();
            await seen.WaitAsync();
            Assert.False(KernelLibrary.IsAvailable);
            Assert.False(await Task.Run(() => KernelLibrary.IsAvailable));
            using (KernelLibrary.Disable())
                Assert.False(KernelLibrary.IsAvailable);
            Assert.False(KernelLibrary.IsAvailable);
            Assert.Null(KernelLibrary.Missing);
        }

        Assert.True(await other);
        Assert.True(KernelLibrary.IsAvailable);
    }

    /// <summary>What kernels do not serve runs all the same.</summary>
    [Fact]
    public void Other_types_take_it_by_themselves()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var x = randn(2, 3, 12, dtype: ScalarType.Float64);
        Assert.Equal(ScalarType.Float64, Attention.ComputeSelf(x, 2).dtype);
        Assert.Equal(ScalarType.Float64, GeluKernel.Compute(x).dtype);
        Assert.Equal(ScalarType.Float64, DropoutKernel.Compute(x, 0.5).dtype);
        Assert.Equal(ScalarType.Float64, LinearKernel.Compute(x, randn(5, 12, dtype: ScalarType.Float64), null).dtype);
        Assert.False(PackedMatrix.Serves(x));
    }
}
