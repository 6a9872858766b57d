using static TorchSharp.torch;

namespace TorchSharp.Tests;

public class DisposeScopeTests
{
    [Fact]
    public void A_scope_disposes_of_what_was_made_in_it()
    {
        var before = TensorAssert.LiveAfterCollection();
        Tensor inner;
        using (var scope = NewDisposeScope())
        {
            inner = rand(3) * 2;
            Assert.Equal(2, scope.DisposablesCount);
            Assert.True(scope.Contains(inner));
        }
        Assert.True(inner.IsInvalid);
        Assert.Equal(before, NativeBackend.LiveTensors);
    }

    [Fact]
    public void What_is_moved_out_lives_as_long_as_the_outer_scope()
    {
        Tensor kept, detached;
        using (var outer = NewDisposeScope())
        {
            using (NewDisposeScope())
            {
                kept = rand(3).MoveToOuterDisposeScope();
                detached = rand(3).DetachFromDisposeScope();
            }
            Assert.False(kept.IsInvalid);
            Assert.True(outer.Contains(kept));
        }
        Assert.True(kept.IsInvalid);
        Assert.False(detached.IsInvalid);
        detached.Dispose();
    }

    [Fact]
    public void Attach_takes_over_and_DisposeEverythingBut_spares()
    {
        using var outside = rand(2);
        using (var scope = NewDisposeScope())
        {
            var spared = rand(2);
            var gone = rand(2);
            scope.DisposeEverythingBut(spared);
            Assert.True(gone.IsInvalid);
            Assert.False(spared.IsInvalid);
            scope.Attach(outside);
        }
        Assert.True(outside.IsInvalid);
    }

    [Fact]
    public void Statistics_count_births_and_deaths()
    {
        var statistics = DisposeScopeManager.Statistics;
        statistics.Reset();
        Tensor detached;
        using (NewDisposeScope())
        {
            _ = rand(1);
            rand(1).Dispose();
            detached = rand(1).DetachFromDisposeScope();
        }
        using var loose = rand(1);
        Assert.Equal((3, 2, 1, 1, 2), (statistics.CreatedInScopeCount, statistics.DisposedInScopeCount, statistics.DetachedFromScopeCount,
            statistics.CreatedOutsideScopeCount, statistics.ThreadTotalLiveCount));
        detached.Dispose();
        Assert.Equal(1, statistics.ThreadTotalLiveCount);
        Assert.Equal(1, statistics.DisposedOutsideScopeCount);
    }

    [Fact]
    public void The_finalizer_frees_what_nobody_disposed_of()
    {
        var before = TensorAssert.LiveAfterCollection();
        Leak();
        Assert.True(NativeBackend.LiveTensors >= before + 100);
        Assert.Equal(before, TensorAssert.LiveAfterCollection());

        static void Leak()
        {
            for (var i = 0; i < 100; i++) _ = zeros(10);
        }
    }

    [Fact]
    public void Undisposed_tensors_do_not_fill_the_memory()
    {
        // 8 GB in all, were nothing freed before the program's end.
        for (var i = 0; i < 2000; i++) _ = empty(1 << 20);
        Assert.True(NativeBackend.LiveTensors < 1000, $"{NativeBackend.LiveTensors} live tensors");
    }

    [Fact]
    public void Training_steps_leave_no_tensor_behind()
    {
        using var weight = randn(8, 8, requires_grad: true);
        _ = TensorAssert.LiveAfterCollection();
        long Step()
        {
            using var scope = NewDisposeScope();
            var loss = rand(4, 8).matmul(weight).tanh().square().mean();
            loss.backward();
            using (no_grad()) weight.sub_(weight.grad! * 0.1);
            weight.grad = null;
            scope.DisposeEverything();
            return NativeBackend.LiveTensors;
        }

        var first = Step();
        for (var i = 0; i < 50; i++) Assert.Equal(first, Step());
    }

    [Fact]
    public void An_operator_in_place_returns_its_tensor()
    {
        using var x = zeros(2);
        Assert.Same(x, x.add_(1));
        Assert.Equal([1f, 1f], x.data<float>().ToArray());
    }

    [Fact]
    public void Use_after_disposal_is_explained()
    {
        var x = rand(2);
        x.Dispose();
        x.Dispose();
        Assert.Contains("disposed of", Assert.Throws<InvalidOperationException>(() => x + 1).Message, StringComparison.Ordinal);
    }
}
