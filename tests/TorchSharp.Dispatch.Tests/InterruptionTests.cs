using static TorchSharp.torch;

namespace TorchSharp.Tests;

public class InterruptionTests
{
    /// <summary>What puts back a state on the way out, such as the precision of products, calls operators itself.</summary>
    [Fact]
    public void The_next_operator_throws_and_those_after_it_start()
    {
        using var x = zeros(2);
        using var source = new CancellationTokenSource();
        NativeBackend.Interruption = source.Token;
        try
        {
            x.add_(1);
            source.Cancel();

            Assert.Throws<OperationCanceledException>(() => x.add_(10));
            x.add_(1);
        }
        finally
        {
            NativeBackend.Interruption = CancellationToken.None;
        }

        Assert.Equal([2f, 2f], x.data<float>().ToArray());
    }
}
