using Research.TextVae.Generation;
using Research.TextVae.Kernels;
using Research.TextVae.Models;
using Research.TextVae.Tests.Generation;
using Research.TextVae.Tests.Kernels;
using Research.TextVae.Tests.Models;
using Research.TextVae.Tests.PyTorch;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Training;

public sealed class MemoryTests
{
    public static TheoryData<string> Families => ModelFamilies.Names;

    public static TheoryData<string> Writers => Writer.Families;

    /// <summary>Nothing waits for the garbage collector: after many steps as many tensors live as after the first few.</summary>
    [Theory]
    [MemberData(nameof(Families))]
    public void Steps_leave_no_tensor_behind(string family)
    {
        var (model, loss) = ModelFamilies.Build(family);
        using (model)
        {
            using var optimizer = new FusedAdam(model.parameters(), 1e-3);
            void Steps(int count)
            {
                for (var step = 0; step < count; step++)
                    ModelFamilies.Step(model, loss, optimizer);
            }

            // So small a model has nothing for a second thread.
            KernelAssert.WithThreads(1, () =>
            {
                Steps(10);
                TensorAssert.LeavesNoTensor(() => Steps(200));
                return 0;
            });
        }
    }

    [Theory]
    [MemberData(nameof(Writers))]
    public void Writing_leaves_no_tensor_behind(string family)
    {
        using var writer = Writer.Of(family);
        var start = writer.Start(Writer.Texts);
        // Past the first capacity of a cache; some texts end before others.
        void Write(int times)
        {
            for (var i = 0; i < times; i++)
                TextGenerator.Generate(start, GenerationOptions.Sample(new TopP(0.9)) with { MaxTokens = 40 });
        }

        Write(1);
        TensorAssert.LeavesNoTensor(() => Write(5));
    }

    /// <summary>
    /// A step hands out about 3 MiB; losing a hundredth of it would show. What the runtime takes for itself once in a while is no leak:
    /// that would grow in every stretch.
    /// </summary>
    [Fact]
    public void Steps_do_not_grow_the_process()
    {
        const long MiB = 1 << 20;
        const int words = 2000;
        using var model = new LstmVaeConfig { EmbeddingSize = 32, HiddenSize = 48, LatentSize = 8 }.Build(words);
        using var optimizer = new FusedAdam(model.parameters(), 1e-3);
        Tensor Loss()
        {
            var tokens = randint(4, words, [16, 12], dtype: ScalarType.Int64);
            var terms = model.Elbo(new TextBatch(tokens, tokens, full([16], 12L), ones(16, 12), 16 * 12));
            return (terms.Reconstruction.Total + terms.Kl.sum()) / 16;
        }

        void Steps(int count)
        {
            for (var step = 0; step < count; step++)
                ModelFamilies.Step(model, Loss, optimizer);
        }

        Steps(60);
        var least = long.MaxValue;
        for (var stretch = 0; stretch < 3; stretch++)
        {
            var before = Resident();
            Steps(100);
            least = Math.Min(least, Resident() - before);
        }

        Assert.InRange(least, -1000 * MiB, 2 * MiB);
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
