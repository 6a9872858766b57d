using Research.TextVae.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Kernels;

public sealed class LstmKernelTests
{
    [KernelTheory]
    [InlineData(1, 1, 1, 1)]     // least of everything
    [InlineData(3, 5, 7, 9)]     // no width a multiple of a vector
    [InlineData(9, 4, 16, 16)]   // chunks of unequal numbers of rows
    [InlineData(130, 3, 20, 33)] // more rows than chunks of the greatest size for two threads
    [InlineData(2, 6, 0, 8)]     // no input features: the recurrence alone
    public void Values_and_gradients_are_those_of_the_reference_form(int batch, int time, int inputs, int hidden)
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        KernelAssert.FormsAgree(Operands(batch, time, inputs, hidden), Run, 1e-6, 1.5e-5);
    }

    /// <summary>A first layer on fixed word vectors, and a network that is trained through but not itself.</summary>
    [KernelTheory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Gradients_of_the_input_or_the_weights_alone_are_the_same(bool input, bool weights)
    {
        using var scope = NewDisposeScope();
        manual_seed(8);
        var operands = Operands(9, 4, 16, 16);
        operands[0].requires_grad_(input);
        foreach (var state in operands[1..3])
            state.requires_grad_(false);
        foreach (var weight in operands[3..])
            weight.requires_grad_(weights);
        KernelAssert.FormsAgree(operands, Run, 1e-6, 1.5e-5);
    }

    /// <summary>No gradient reaches the results that are left out, and the states are one tensor of zeros.</summary>
    [KernelTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Results_can_be_left_unused_and_states_shared(int used)
    {
        using var scope = NewDisposeScope();
        manual_seed(9);
        var operands = Operands(4, 5, 6, 8);
        var nothing = zeros(1, 8);
        KernelAssert.FormsAgree(
            [operands[0], .. operands[3..]],
            t =>
            {
                var state = nothing.to_type(t[0].dtype).expand(4, 8);
                return [Run([t[0], state, state, .. t[1..]])[used]];
            },
            1e-6,
            1.5e-5);
    }

    [Fact]
    public void The_reference_form_agrees_with_finite_differences()
    {
        using var scope = NewDisposeScope();
        manual_seed(10);
        var factors = new[] { KernelAssert.Doubles(2, 3, 3), KernelAssert.Doubles(2, 3), KernelAssert.Doubles(2, 3) };
        KernelAssert.ReferenceAgreesWithDifferences(
            Operands(2, 3, 2, 3),
            t => Run(t).Zip(factors, (result, factor) => (result * factor).sum()).Aggregate((left, right) => left + right));
    }

    [Fact]
    public void An_empty_batch_gives_empty_results()
    {
        using var scope = NewDisposeScope();
        var results = Run(Operands(0, 3, 2, 4));
        Assert.Equal([0, 3, 4], results[0].shape);
        results[0].sum().backward();
    }

    // Weights as a trained network has them, about 1/√hidden.
    private static Tensor[] Operands(long batch, long time, long inputs, long hidden)
    {
        var gates = 4 * hidden;
        long[][] shapes = [[batch, time, inputs], [batch, hidden], [batch, hidden], [gates, inputs], [gates, hidden], [gates]];
        return [.. shapes.Select((shape, i) => KernelAssert.Leaf(randn(shape) / (i < 3 ? 1 : Math.Sqrt(hidden))))];
    }

    private static Tensor[] Run(Tensor[] t)
    {
        var (output, hidden, cell) = LstmKernel.Compute(t[0], t[1], t[2], t[3], t[4], t[5]);
        return [output, hidden, cell];
    }
}
