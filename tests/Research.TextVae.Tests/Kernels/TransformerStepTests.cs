using Research.TextVae.Models;
using Research.TextVae.Tests.PyTorch;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Kernels;

public sealed class TransformerStepTests
{
    private const int Words = 31;

    // No width is a multiple of a vector.
    private static readonly TransformerShape _shape = new() { Width = 27, Layers = 3, Heads = 3, FeedForward = 41, Dropout = 0 };

    public static TheoryData<string> Families => ["lm", "seq2seq", "vae"];

    /// <summary>Past two capacities of the cache; texts with sources of unequal lengths, with memory and a code at every input.</summary>
    [KernelTheory]
    [MemberData(nameof(Families))]
    public void Token_by_token_it_is_the_blocks_themselves(string family)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var model = Build(family);
        using var owner = (nn.Module)model;
        const int time = 70;
        var tokens = randint(4, Words, [3, time], dtype: ScalarType.Int64);
        var expected = Run(new StepwiseSession(model, Start(model, 0, 3)), tokens);
        foreach (var threads in new[] { 1, 2 })
        {
            var actual = KernelAssert.WithThreads(threads, () => Run(model.StartSession(Start(model, 0, 3)), tokens));
            TensorAssert.Close(expected, actual, 4e-6, $"{threads} threads");
        }
    }

    /// <summary>A text has the same bits alone, among others, for any number of threads, and when others are left out on the way.</summary>
    [KernelTheory]
    [MemberData(nameof(Families))]
    public void Neither_the_texts_beside_it_nor_threads_change_a_bit(string family)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var model = Build(family);
        using var owner = (nn.Module)model;
        var tokens = randint(4, Words, [5, 12], dtype: ScalarType.Int64);
        KernelAssert.ThreadsChangeNothing(() => [Run(model.StartSession(Start(model, 0, 5)), tokens)]);
        var all = Run(model.StartSession(Start(model, 0, 5)), tokens);
        TensorAssert.Identical(all.narrow(0, 3, 1), Run(model.StartSession(Start(model, 3, 1)), tokens.narrow(0, 3, 1)), "a text alone");

        var run = model.StartSession(Start(model, 0, 5));
        Run(run, tokens.narrow(1, 0, 6));
        var rows = tensor(new long[] { 4, 1 });
        run.Select(rows);
        var rest = Run(run, tokens.index_select(0, rows).narrow(1, 6, 6));
        TensorAssert.Identical(all.index_select(0, rows).narrow(1, 6, 6), rest, "two texts that go on");
    }

    private static IAutoregressiveModel Build(string family)
    {
        manual_seed(9);
        IAutoregressiveModel model = family switch
        {
            "lm" => new TransformerLmConfig { Shape = _shape }.Build(Words),
            "seq2seq" => new TransformerSeq2SeqConfig { Shape = _shape }.Build(Words),
            _ => new TransformerVaeConfig { Shape = _shape, LatentSize = 4, MemoryTokens = 2 }.Build(Words),
        };
        var module = (nn.Module)model;
        module.eval();
        foreach (var weight in module.parameters())
            weight.add_(randn_like(weight) * 0.1);
        return model;
    }

    // Texts first … first + count − 1 of five that differ in what they are written from.
    private static DecoderState Start(IAutoregressiveModel model, int first, int count)
    {
        var lengths = tensor(new long[] { 7, 1, 4, 9, 2 }).narrow(0, first, count);
        return model switch
        {
            TransformerSeq2Seq pair => pair.StartDecoding(pair.Encode((arange(45).view(5, 9) % 20 + 5).narrow(0, first, count), lengths)),
            TransformerVae vae => vae.StartDecoding(StandardNormal.Sample(5, vae.LatentSize, 6).narrow(0, first, count)),
            _ => ((LanguageModel)model).StartDecoding(count),
        };
    }

    // Logits [batch, time, vocabulary].
    private static Tensor Run(DecodingSession run, Tensor tokens) =>
        stack([.. Enumerable.Range(0, (int)tokens.shape[1]).Select(t => run.Next(tokens.select(1, t)).clone())], 1);
}
