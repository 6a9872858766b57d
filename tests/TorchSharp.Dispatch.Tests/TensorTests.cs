using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Tests;

public class TensorTests
{
    [Fact]
    public void Values_go_in_and_come_out()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([1f, 2f, 3f], tensor([1f, 2f, 3f]).data<float>().ToArray());
        Assert.Equal([1L, 3, 2, 4], tensor(new long[,] { { 1, 2 }, { 3, 4 } }).t().data<long>().ToArray());
        Assert.Equal(2.5, tensor(2.5).item<double>());
        Assert.True(tensor(true).ToBoolean());
        Assert.Equal(3, tensor(3f).ToInt32());
        Assert.Equal((ScalarType.Float64, 2L), (tensor(new[] { 1, 2 }, dtype: ScalarType.Float64).dtype, tensor(new[] { 1, 2 }).numel()));
        Assert.Equal([2, 2], from_array(new float[2, 2]).shape);
        Assert.Equal(9f, tensor(new[,] { { 1f, 9f } }).data<float>()[0, 1]);
        Assert.Empty(zeros(0, 3).data<float>().ToArray());
    }

    [Fact]
    public void Scalars_keep_integers_integral()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(ScalarType.Int64, (arange(3) + 1).dtype);
        Assert.Equal(ScalarType.Float32, (arange(3) + 1.0).dtype);
        Assert.Equal(ScalarType.Float32, (2 / arange(1, 3)).dtype);
        Assert.Equal([true, false, false], (arange(3) < 1).data<bool>().ToArray());
        Assert.Equal((ScalarType.Int64, ScalarType.Float32), (arange(5).dtype, arange(0, 1, 0.25).dtype));
    }

    [Fact]
    public void Gradients_gather_and_can_be_set()
    {
        using var scope = NewDisposeScope();
        var x = ones(3, requires_grad: true);
        Assert.Null(x.grad);
        (x * 2).sum().backward();
        (x * 3).sum().backward();
        Assert.Equal([5f, 5, 5], x.grad!.data<float>().ToArray());
        x.grad = null;
        Assert.Null(x.grad);
        using (no_grad()) Assert.False((x * 2).requires_grad);
        using (inference_mode()) Assert.False((x * 2).requires_grad);
        Assert.True(is_grad_enabled());
        Assert.False(x.detach().requires_grad);
    }

    [Fact]
    public void Second_derivatives_need_create_graph()
    {
        using var scope = NewDisposeScope();
        var x = tensor(2.0, requires_grad: true);
        var first = autograd.grad([x.pow(3)], [x], create_graph: true)[0];
        Assert.Equal(12, autograd.grad([first], [x])[0].item<double>(), 12);
    }

    [Fact]
    public void Operators_agree_with_PyTorch()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(0);
        var x = randn(4, 6, generator: generator);
        var q = randn(2, 3, 5, 4, generator: generator);
        var target = tensor(new long[] { 1, 0, 5, -100 });
        var expected = Python.Run("""
            F = torch.nn.functional
            result["cross_entropy"] = F.cross_entropy(x, target)
            result["kl"] = F.kl_div(x.log_softmax(1), x.softmax(0), reduction="sum")
            result["gelu"] = F.gelu(x)
            result["layer_norm"] = F.layer_norm(x, [6])
            result["one_hot"] = F.one_hot(target[:3], 7)
            result["pad"] = F.pad(x, (1, 2), value=9.0)
            result["normalize"] = F.normalize(x, dim=0)
            result["svd"] = torch.linalg.svd(x, full_matrices=False)[1]
            result["eigh"] = torch.linalg.eigh(x @ x.T)[0]
            result["topk"] = x.topk(3, dim=1)[1]
            result["sort"] = x.sort(dim=0, descending=True)[1]
            result["std"] = x.std(1)
            result["bce"] = F.binary_cross_entropy_with_logits(x, (x > 0).float())
            result["causal"] = torch.ops.aten._scaled_dot_product_attention(q, q, q, None, 0.0, False, True)[0]
            result["cumsum"] = x.cumsum(1)
            result["multinomial"] = torch.multinomial(x.softmax(1), 8, True, generator=torch.Generator().manual_seed(4))
            """, ("x", x), ("q", q), ("target", target));
        var actual = new Dictionary<string, Tensor>
        {
            ["cross_entropy"] = F.cross_entropy(x, target),
            ["kl"] = F.kl_div(x.log_softmax(1), x.softmax(0), log_target: false, reduction: nn.Reduction.Sum),
            ["gelu"] = F.gelu(x),
            ["layer_norm"] = F.layer_norm(x, [6]),
            ["one_hot"] = F.one_hot(target[..3], 7),
            ["pad"] = F.pad(x, (1, 2), value: 9.0),
            ["normalize"] = F.normalize(x, dim: 0),
            ["svd"] = linalg.svd(x, fullMatrices: false).S,
            ["eigh"] = linalg.eigh(x.matmul(x.T)).Item1,
            ["topk"] = x.topk(3, dim: 1).indexes,
            ["sort"] = x.sort(dim: 0, descending: true).Indices,
            ["std"] = x.std(1),
            ["bce"] = F.binary_cross_entropy_with_logits(x, (x > 0).@float()),
            ["causal"] = F.scaled_dot_product_attention(q, q, q, null, 0.0, true),
            ["cumsum"] = x.cumsum(1),
            ["multinomial"] = x.softmax(1).multinomial(8, true, new Generator(4)),
        };
        foreach (var (name, reference) in expected)
        {
            Assert.Equal(reference.dtype, actual[name].dtype);
            Assert.True(actual[name].allclose(reference, 1e-5, 1e-6), $"{name}: {actual[name].cstr()} instead of {reference.cstr()}");
        }
    }

    [Fact]
    public void Dropout_keeps_the_mean_and_is_off_in_evaluation()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var x = ones(100_000);
        Assert.Equal(1.0, F.dropout(x, 0.3).mean().item<float>(), 1e-2);
        Assert.True(F.dropout(x, 0.3, training: false).Equals(x));
    }

    [Fact]
    public void The_backend_reports_on_itself()
    {
        Assert.Matches(@"^\d+\.\d+", NativeBackend.LibTorchVersion);
        Assert.True(NativeBackend.Threads >= 1);
        Assert.EndsWith("libtextvae_native.so", NativeBackend.LibraryPath!, StringComparison.Ordinal);
        Assert.Contains("ATen", NativeBackend.Configuration, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_print_themselves()
    {
        using var scope = NewDisposeScope();
        var x = arange(6).reshape(2, 3);
        Assert.Equal("[2x3], type = Int64, device = cpu", x.ToString());
        Assert.Equal("[2x3], type = Int64, device = cpu\n[[0 1 2]\n [3 4 5]]", x.cstr());
    }
}
