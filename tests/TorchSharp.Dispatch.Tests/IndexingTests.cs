using static TorchSharp.torch;

namespace TorchSharp.Tests;

public class IndexingTests
{
    private const string Script = """
        x = torch.arange(24).reshape(2, 3, 4)
        i = torch.tensor([1, 0, 1]); m = x % 3 == 0; row = torch.tensor([True, False])
        cases = [x[1], x[-1, 2], x[:, 1:], x[..., -1], x[0, :, 1:4:2], x[None, 1], x[:, None, 0], x[..., None], x[:, -2:, :-1],
                 x[i], x[:, i], x[..., i], x[i, :, i], x[m], x[row], x[0, i[:2]], x[:, m[0, :, 0]], x[i[:, None], i[None, :]], x[m.any(2)]]
        for n, c in enumerate(cases): result[str(n)] = c
        def put(f):
            y = x.clone(); f(y); result[str(len(result))] = y
        def a(y): y[0, 1] = 7
        def b(y): y[:, 1:, 0] = torch.tensor([1, 2])
        def c(y): y[m] = 0
        def d(y): y[i[:2], :, 1] = -1
        for f in (a, b, c, d): put(f)
        """;

    [Fact]
    public void Indices_mean_what_they_mean_in_Python()
    {
        using var scope = NewDisposeScope();
        var x = arange(24).reshape(2, 3, 4);
        var i = tensor(new long[] { 1, 0, 1 });
        var m = x % 3 == 0;
        var row = tensor(new[] { true, false });
        var none = TensorIndex.None;
        var dots = TensorIndex.Ellipsis;
        var colon = TensorIndex.Colon;
        Tensor[] cases =
        [
            x[1], x[-1, 2], x[.., 1..], x[dots, ^1], x[0, .., TensorIndex.Slice(1, 4, 2)], x[none, 1], x[colon, none, 0], x[dots, none], x[.., ^2.., ..^1],
            x[i], x[colon, i], x[dots, i], x[i, colon, i], x[m], x[row], x[0, i[..2]], x[colon, m[0, colon, 0]], x[i[colon, none], i[none, colon]], x[m.any(2)],
        ];

        Tensor Put(Action<Tensor> change)
        {
            var y = x.clone();
            change(y);
            return y;
        }

        Tensor[] puts =
        [
            Put(y => y[0, 1] = tensor(7L)), Put(y => y[.., 1.., 0] = tensor(new long[] { 1, 2 })),
            Put(y => y[m] = tensor(0L)), Put(y => y[i[..2], colon, 1] = tensor(-1L)),
        ];
        var expected = Python.Run(Script);
        Tensor[] actual = [.. cases, .. puts];
        Assert.Equal(expected.Count, actual.Length);
        for (var n = 0; n < actual.Length; n++)
        {
            var reference = expected[n.ToString(System.Globalization.CultureInfo.InvariantCulture)];
            Assert.True(actual[n].Equals(reference), $"case {n}: {actual[n].cstr()} instead of {reference.cstr()}");
        }
    }

    [Fact]
    public void Ranges_are_views()
    {
        using var scope = NewDisposeScope();
        var x = zeros(3, 4);
        x[1..3, ^1].fill_(5);
        x[0].add_(1);
        Assert.Equal([1, 1, 1, 1, 0, 0, 0, 5, 0, 0, 0, 5], x.data<float>().ToArray());
    }

    [Fact]
    public void Too_many_indices_are_refused_with_the_shape()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ArgumentException>(() => zeros(2, 3)[0, 0, 0]);
        Assert.Contains("3 indices for a tensor of shape [2, 3]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Indexing_leaves_nothing_behind()
    {
        using var x = rand(4, 5);
        using var mask = x > 0.5;
        var before = TensorAssert.LiveAfterCollection();
        x[1..3, ^1].Dispose();
        x[mask].Dispose();
        x[TensorIndex.None, 1, TensorIndex.Ellipsis].Dispose();
        using (var value = tensor(1f)) x[mask] = value;
        Assert.Equal(before, NativeBackend.LiveTensors);
    }
}
