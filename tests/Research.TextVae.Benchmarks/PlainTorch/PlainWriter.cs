using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Benchmarks.PlainTorch;

/// <summary>Generates texts of one length side by side, a token of each a step.</summary>
/// <param name="work">How many, how long, and whether the likeliest token is taken or one drawn.</param>
/// <param name="start">Begins texts; what it returns gives the logits <c>[batch, vocabulary]</c> after the tokens <c>[batch, 1]</c> of a
/// place.</param>
internal sealed class PlainWriter(PlainWorkload work, Func<Func<Tensor, int, Tensor>> start) : IWorker
{
    /// <returns>The sum of the tokens written.</returns>
    public double Step()
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var (next, written) = (start(), new List<Tensor>());
        var tokens = PlainWorkload.Begin(work.Size("Batch"));
        for (var place = 0; place < work.Size("Time"); place++)
        {
            var logits = next(tokens, place).to(ScalarType.Float32);
            logits.narrow(1, 0, 4).fill_(double.NegativeInfinity); // no marker is written, so that all texts have the same length
            tokens = work.Randomness == 0 ? logits.argmax(1, keepdim: true) : multinomial(nn.functional.softmax(logits, 1), 1);
            written.Add(tokens);
        }

        return cat(written, 1).sum().item<long>();
    }
}
