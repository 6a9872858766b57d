using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Research.TextVae.Benchmarks.PlainTorch;

/// <summary>The VAE of bags of words over dense counts, of TorchSharp's own modules.</summary>
internal sealed class PlainBagOfWordsVae : nn.Module
{
    private readonly Linear input, posterior, decoder, output;

    private PlainBagOfWordsVae(PlainWorkload work)
        : base(nameof(PlainBagOfWordsVae))
    {
        var (vocabulary, hidden, latent) = (work.Size("Vocabulary"), work.Size("Hidden"), work.Size("Latent"));
        (input, posterior) = (nn.Linear(vocabulary, hidden), nn.Linear(hidden, 2 * latent));
        (decoder, output) = (nn.Linear(latent, hidden), nn.Linear(hidden, vocabulary));
        RegisterComponents();
    }

    public static IWorker Train(PlainWorkload work)
    {
        var model = new PlainBagOfWordsVae(work);
        work.LoadInto(model, weights =>
        {
            weights["input.weight"] = weights["input.weight"].t();
            weights["input.bias"] = weights["input_bias"];
            foreach (var name in new[] { "weight", "bias" })
                weights[$"posterior.{name}"] = weights[$"posterior.linear.{name}"];
        });
        var data = work.Batches();
        var noise = data["noise"].to(work.Type);
        return new PlainTrainer(
            work, model, work.Size("Batches"), i => model.Loss(Counts(data["words"][i]), noise[i]), clip: 0);

        // Filling in the counts is part of the step, as counting the words is of ours.
        Tensor Counts(Tensor words) => zeros([words.shape[0], work.Size("Vocabulary")], work.Type)
            .scatter_add_(1, words, ones(words.shape, work.Type));
    }

    private Tensor Loss(Tensor counts, Tensor noise)
    {
        var halves = posterior.forward(F.relu(input.forward(counts))).chunk(2, dim: 1);
        var (mean, logVariance) = (halves[0], halves[1]);
        var z = mean + (0.5 * logVariance).exp() * noise;
        var kl = 0.5 * (mean.pow(2) + logVariance.exp() - logVariance - 1).to(ScalarType.Float32).sum();
        var logits = output.forward(F.relu(decoder.forward(z)));
        return (kl - (counts * F.log_softmax(logits, 1)).to(ScalarType.Float32).sum()) / counts.shape[0];
    }
}
