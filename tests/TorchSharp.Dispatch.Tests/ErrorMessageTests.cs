using System.Runtime.InteropServices;
using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

public class ErrorMessageTests
{
    [Fact]
    public void An_error_names_the_operator_and_the_shapes_in_one_line()
    {
        using var scope = NewDisposeScope();
        var message = Assert.Throws<ExternalException>(() => zeros(2, 3).mm(zeros(4, 5, dtype: ScalarType.Float64))).Message;
        Assert.StartsWith("aten::mm: ", message, StringComparison.Ordinal);
        Assert.EndsWith("(self: Float [2, 3], mat2: Double [4, 5])", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Lists_and_sizes_are_shown_too()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("(tensors: [Float [2, 3], Float [4]])", Assert.Throws<ExternalException>(() => cat([zeros(2, 3), zeros(4)])).Message, StringComparison.Ordinal);
        Assert.Contains("size: [5, 7]", Assert.Throws<ExternalException>(() => zeros(2, 3).view(5, 7)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_the_wrong_element_type_says_what_to_do() =>
        Assert.Contains("to_type(ScalarType.Float32)", Assert.Throws<ArgumentException>(() => zeros(2, dtype: ScalarType.Float64).data<float>()).Message, StringComparison.Ordinal);

    [Fact]
    public void The_literal_zero_is_not_taken_for_a_type() =>
        Assert.Contains("0L", Assert.Throws<ArgumentException>(() => zeros(2, 3).sum(0)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_unknown_operator_is_named() =>
        Assert.Contains("aten::no_such_operator", Assert.Throws<ExternalException>(() => Op.Call("no_such_operator")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("/usr/lib/x86_64-linux-gnu/blas/libblas.so.3.11.0", true)]
    [InlineData("/usr/lib/x86_64-linux-gnu/openblas-pthread/libblas.so.3", false)]
    [InlineData(null, false)]
    public void The_reference_BLAS_is_known_by_its_path(string? path, bool reference) => Assert.Equal(reference, Threading.IsReference(path));
}
