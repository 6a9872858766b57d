using System.Runtime.InteropServices;
using Research.TextVae.Kernels;
using Research.TextVae.Models;
using Research.TextVae.Models.Layers;
using Research.TextVae.Tests.PyTorch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Kernels;

public sealed class DirectGradientTests
{
    private const int Words = 600, Width = 24;

    /// <summary>
    /// Every kernel with weights at once: tables used once, a table used as words and as output, a bag, an LSTM whose weights are used
    /// twice, a linear layer of the size that the kernel takes; some weights frozen.
    /// </summary>
    [KernelFact]
    public void Gradients_are_those_of_an_ordinary_backward_pass_however_often_a_weight_is_used()
    {
        using var scope = NewDisposeScope();
        var parts = new Parts();
        var (expected, actual) = (Gradients(parts, loss => loss.backward()), Gradients(parts, DirectGradient.Backward));

        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        Assert.DoesNotContain("frozen", actual.Keys);
        foreach (var (name, gradient) in expected)
            TensorAssert.Close(gradient, actual[name], 1e-6, name);
    }

    /// <summary>As the gradients of parts of a batch are added up; the second pass is of the other way.</summary>
    [Fact]
    public void Gradients_are_added_to_those_that_are_there()
    {
        using var scope = NewDisposeScope();
        var parts = new Parts();
        var once = Gradients(parts, loss => loss.backward());
        Action<Tensor> direct = DirectGradient.Backward, ordinary = loss => loss.backward();
        foreach (var (first, second) in new[] { (direct, direct), (direct, ordinary), (ordinary, direct) })
        {
            parts.zero_grad();
            first(parts.Loss());
            second(parts.Loss());
            foreach (var (name, gradient) in Read(parts))
                TensorAssert.Close(once[name] * 2, gradient, 1e-6, name);
        }
    }

    /// <summary>The gradient of one step's graph is not changed by what the next does with the same parameter.</summary>
    [Fact]
    public void A_step_leaves_what_was_read_from_the_one_before()
    {
        using var scope = NewDisposeScope();
        var parts = new Parts();
        DirectGradient.Backward(parts.Loss());
        var table = parts.Table.Weight;
        var (first, values) = (table.grad!, table.grad!.clone());
        parts.zero_grad();
        DirectGradient.Backward(parts.Loss() * 3);
        TensorAssert.Close(values * 3, table.grad, 1e-6);
        if (!first.Equals(table.grad!))
            TensorAssert.Identical(values, first);
    }

    /// <summary>Outside of it gradients come back as they are asked for, and parameters have none; also after one that failed.</summary>
    [Fact]
    public void Gradients_that_are_asked_for_come_back()
    {
        using var scope = NewDisposeScope();
        var parts = new Parts();
        var expected = Gradients(parts, DirectGradient.Backward);
        Assert.ThrowsAny<Exception>(() => DirectGradient.Backward(ones(3)));
        parts.zero_grad();
        var named = parts.named_parameters().Where(entry => entry.parameter.requires_grad).ToArray();
        var gradients = autograd.grad([parts.Loss()], [.. named.Select(entry => entry.parameter)]);

        for (var i = 0; i < named.Length; i++)
        {
            TensorAssert.Close(expected[named[i].name], gradients[i], 1e-6, named[i].name);
            Assert.True(named[i].parameter.grad is null || named[i].parameter.grad!.eq(0).all().item<bool>(), named[i].name);
        }
    }

    /// <summary>A backward pass that cannot be is an error of its caller, as with standard operators, and the next one goes well.</summary>
    [KernelFact]
    public void A_weight_that_was_changed_in_between_is_an_error()
    {
        using var scope = NewDisposeScope();
        var parts = new Parts();
        var expected = Gradients(parts, DirectGradient.Backward);
        var table = parts.Table.Weight;
        foreach (var (loss, changed) in new (Func<Tensor>, Tensor)[]
        {
            (parts.Loss, parts.Tied.Weight),
            (() => Lstm(table).sum(), table),
            (() => Attention.ComputeSelf(table[..12, ..12].unsqueeze(0), 2).sum(), table),
            (() => LinearKernel.Compute(ones(300, Width), table, null).sum(), table),
            (() => GeluKernel.Compute(table).sum(), table),
        })
        {
            foreach (var backward in new Action<Tensor>[] { DirectGradient.Backward, value => value.backward() })
            {
                parts.zero_grad();
                var value = loss();
                using (no_grad())
                    changed.mul_(1);
                Assert.Throws<ExternalException>(() => backward(value));
            }

            var direct = loss();
            using (no_grad())
                changed.mul_(1);
            var error = Assert.Throws<ExternalException>(() => DirectGradient.Backward(direct));
            Assert.Contains("modified by an inplace operation", error.Message, StringComparison.Ordinal);
        }

        foreach (var (name, gradient) in Gradients(parts, DirectGradient.Backward))
            TensorAssert.Close(expected[name], gradient, 1e-6, name);
    }

    /// <summary>A part of a table is no parameter: its gradient goes the ordinary way, to the whole.</summary>
    [Fact]
    public void Weights_that_are_made_of_parameters_hand_their_gradient_on()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var table = nn.Parameter(randn(2 * Words, Width));
        Tensor Loss() => LinearCrossEntropy.Compute(
            EmbeddingKernel.Compute(table.narrow(0, 0, Words), arange(9)), table.narrow(0, Words, Words), null, arange(9), ones(9)).Sum;
        Loss().backward();
        var expected = table.grad!.clone();
        table.grad = null;
        DirectGradient.Backward(Loss());
        TensorAssert.Close(expected, table.grad, 1e-6);
    }

    private static Tensor Lstm(Tensor table) =>
        LstmKernel.Compute(ones(2, 3, 4), zeros(2, 4), zeros(2, 4), table[..16, ..4], table[..16, 4..8], zeros(16)).Output;

    private static Dictionary<string, Tensor> Gradients(Parts parts, Action<Tensor> backward)
    {
        parts.zero_grad();
        backward(parts.Loss());
        return Read(parts);
    }

    private static Dictionary<string, Tensor> Read(Parts parts) => parts.named_parameters()
        .Where(entry => entry.parameter.grad is not null).ToDictionary(entry => entry.name, entry => entry.parameter.grad!.clone());

    private sealed class Parts : nn.Module
    {
        private readonly EmbeddingLayer table = new(Words, Width);
        private readonly EmbeddingLayer tied = new(Words, Width);
        private readonly RecurrentLayer lstm = new(Width, Width);
        private readonly LinearLayer linear = new(Width, Width * Words); // 600 · 24 · 12 · 24 multiplications, which the kernel takes
        private readonly Parameter frozen;
        private readonly Parameter bias;

        public Parts()
            : base(nameof(Parts))
        {
            manual_seed(2);
            frozen = nn.Parameter(randn(Words, Width), requires_grad: false);
            bias = nn.Parameter(randn(Words));
            RegisterComponents();
        }

        public EmbeddingLayer Table => table;

        public EmbeddingLayer Tied => tied;

        public Tensor Loss()
        {
            manual_seed(3);
            var words = randint(0, Words, [4, 12], dtype: ScalarType.Int64);
            var (counts, offsets) = (rand(48), tensor(new long[] { 0, 9, 30 }));
            var (first, _) = lstm.call(tied.call(words) + table.call(words));
            var (second, _) = lstm.call(first);
            var features = second.flatten(0, 1);
            var bags = table.Sum(words.flatten(), offsets, counts) + tied.Sum(words.flatten(), offsets, counts);
            var (sum, _) = LinearCrossEntropy.Compute(features, tied.Weight, bias, words.flatten(), ones(48), 0.5);
            var (fixedSum, _) = LinearCrossEntropy.Compute(features, frozen, bias, words.flatten(), ones(48));
            var documents = BagOfWords.From([[1, 2, 2], [3], []], CPU);
            var (multinomial, _) = LinearMultinomial.Compute(
                bags, table.Weight, bias, documents.Words, documents.Counts, documents.Offsets);
            return (sum + fixedSum + multinomial) / 48 + linear.call(features.narrow(0, 0, 13)).square().mean();
        }
    }
}
