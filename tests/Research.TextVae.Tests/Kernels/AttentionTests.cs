using Research.TextVae.Kernels;
using Research.TextVae.Tests.PyTorch;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Kernels;

public sealed class AttentionTests
{
    [KernelTheory]
    [InlineData(1, 1, 1, 1, 1, true, false, 0.0)]      // least of everything
    [InlineData(3, 9, 9, 2, 5, true, true, 0.0)]       // no width a multiple of a vector
    [InlineData(2, 130, 130, 3, 20, true, false, 0.1)] // several blocks of queries
    [InlineData(2, 5, 12, 2, 8, true, true, 0.5)]      // more keys than queries: the queries are the last places
    [InlineData(2, 70, 33, 4, 16, false, true, 0.3)]   // another text
    public void To_another_text_it_is_that_of_the_reference_form(
        int batch, int queries, int keys, int heads, int headWidth, bool causal, bool padded, double dropout)
    {
        using var scope = NewDisposeScope();
        manual_seed(31);
        var width = heads * headWidth;
        Tensor[] operands = [randn(batch, queries, width).requires_grad_(), randn(batch, keys, 2 * width).requires_grad_()];
        var lengths = padded ? Lengths(batch, causal ? keys - queries + 1 : 1, keys) : null;
        KernelAssert.FormsAgree(operands, t => [Attention.Compute(t[0], t[1], heads, causal, lengths, dropout)], 1e-6, 4e-6);
    }

    [KernelTheory]
    [InlineData(1, 1, 1, 1, false, false, 0.0)]
    [InlineData(3, 70, 4, 8, true, true, 0.0)]
    [InlineData(2, 65, 3, 7, false, true, 0.2)]
    [InlineData(5, 9, 2, 33, true, false, 0.4)]
    public void To_itself_it_is_that_of_the_reference_form(
        int batch, int time, int heads, int headWidth, bool causal, bool padded, double dropout)
    {
        using var scope = NewDisposeScope();
        manual_seed(32);
        var lengths = padded ? Lengths(batch, 1, time) : null;
        var joint = randn(batch, time, 3 * heads * headWidth).requires_grad_();
        KernelAssert.FormsAgree([joint], t => [Attention.ComputeSelf(t[0], heads, causal, lengths, dropout)], 1e-6, 4e-6);
    }

    /// <summary>Rows with steps between them are read where they lie: parts of one product, a transposed batch, one text for all.</summary>
    [KernelFact]
    public void Rows_are_read_where_they_lie()
    {
        using var scope = NewDisposeScope();
        manual_seed(33);
        KernelAssert.FormsAgree(
            [randn(17, 3, 36).requires_grad_(), randn(1, 21, 24).requires_grad_()],
            t => [Attention.Compute(t[0].transpose(0, 1).narrow(2, 12, 12), t[1].expand(3, 21, 24), 2)],
            1e-6,
            4e-6);
    }

    /// <summary>What is not wanted is not computed.</summary>
    [KernelTheory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_gradient_of_one_operand_alone_is_the_same(int wanted)
    {
        using var scope = NewDisposeScope();
        manual_seed(34);
        Tensor[] operands = [randn(2, 9, 12), randn(2, 11, 24)];
        operands[wanted].requires_grad_();
        KernelAssert.FormsAgree(operands, t => [Attention.Compute(t[0], t[1], 3)], 1e-6, 4e-6);
    }

    [Fact]
    public void The_reference_form_agrees_with_finite_differences()
    {
        using var scope = NewDisposeScope();
        manual_seed(35);
        var (lengths, factors) = (tensor(new long[] { 4, 2 }), KernelAssert.Doubles(2, 3, 4));
        KernelAssert.ReferenceAgreesWithDifferences([randn(2, 3, 4), randn(2, 4, 8), randn(2, 3, 12)], t =>
        {
            manual_seed(36);
            var other = Attention.Compute(t[0], t[1], 2, causal: true, lengths, dropout: 0.3);
            return ((other + Attention.ComputeSelf(t[2], 2)) * factors).sum();
        });
    }

    /// <summary>With values that are unit vectors the result is the row of weights after dropout: both forms show their masks.</summary>
    [KernelFact]
    public void Dropout_zeroes_the_given_share_by_the_same_mask_in_both_forms_and_for_any_number_of_threads()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        const int time = 96;
        const double p = 0.3;
        manual_seed(37);
        var query = randn(4, time, time);
        var keyValue = cat([randn(4, time, time), eye(time).expand(4, time, time)], 2);
        Tensor Dropped(long seed = 38)
        {
            manual_seed(seed);
            return Attention.Compute(query, keyValue, 1, dropout: p).ne(0);
        }

        var mask = Dropped();
        KernelAssert.ThreadsChangeNothing(() => [Dropped()]);
        using (KernelLibrary.Disable())
            TensorAssert.Identical(Dropped(), mask, "the mask of the reference form");
        Assert.False(Dropped(39).Equals(mask));
        var count = 4.0 * time * time;
        Assert.Equal(p, 1 - (mask.sum().item<long>() / count), 5 * Math.Sqrt(p * (1 - p) / count));
    }

    /// <summary>A text of no keys at all still looks at the first.</summary>
    [Fact]
    public void A_length_of_zero_counts_as_one()
    {
        using var scope = NewDisposeScope();
        manual_seed(40);
        var joint = randn(2, 5, 12);
        Tensor Of(long length) => Attention.ComputeSelf(joint, 2, keyLengths: tensor(new[] { length, 3 }));
        foreach (var form in Forms.Both())
        {
            using (form)
                TensorAssert.Identical(Of(1), Of(0));
        }
    }

    [Fact]
    public void Maps_are_the_weights_of_what_comes_out()
    {
        using var scope = NewDisposeScope();
        manual_seed(41);
        var (query, keyValue, maps) = (randn(2, 3, 8), randn(2, 5, 16), new List<Tensor>());
        var mapped = Attention.Compute(query, keyValue, 2, causal: true, maps: maps);

        TensorAssert.Close(Attention.Compute(query, keyValue, 2, causal: true), mapped, 1e-6);
        var map = Assert.Single(maps);
        Assert.Equal([2, 2, 3, 5], map.shape);
        TensorAssert.Close(ones(2, 2, 3), map.sum(-1), 1e-6);
        Assert.Equal(0, map[.., .., 0, 3..].abs().sum().item<float>());
    }

    private static Tensor Lengths(long batch, long least, long most) => least + KernelAssert.Integers(most + 1 - least, batch);
}
