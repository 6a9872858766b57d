using Research.TextVae.Kernels;
using Research.TextVae.Models;
using Research.TextVae.Text;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Models;

/// <summary>A small model of every family, in training, with a loss in which all its weights take part.</summary>
internal static class ModelFamilies
{
    private const int Words = 23;

    private static readonly TransformerShape _shape = new() { Width = 12, Layers = 2, Heads = 3 };
    private static readonly RecurrentLmConfig _recurrent = new() { EmbeddingSize = 7, HiddenSize = 9, Layers = 2 };

    private static readonly Dictionary<string, Func<(nn.Module Model, Func<Tensor> Loss)>> _families = new()
    {
        ["lstm-vae"] = () => Vae(new LstmVaeConfig { EmbeddingSize = 7, HiddenSize = 9, LatentSize = 3, WordDropout = 0.2 }),
        ["lstm-vae of classes, normalised"] = () => Vae(new LstmVaeConfig
        {
            EmbeddingSize = 7,
            HiddenSize = 9,
            LatentSize = 3,
            Classes = 3,
            ClassEmbeddingSize = 2,
            LatentAtOutput = true,
            TieOutput = true,
            PosteriorBatchNormScale = 0.6,
        }),
        ["lstm-vae of bound places"] = () =>
            Vae(new LstmVaeConfig { EmbeddingSize = 7, HiddenSize = 7, LatentSize = 3, LatentPositions = 3 }),
        ["transformer-vae"] = () => Vae(new TransformerVaeConfig { Shape = _shape, LatentSize = 3, MemoryTokens = 2 }),
        ["transformer-lm"] = () => Language(new TransformerLmConfig { Shape = _shape }),
        ["transformer-lm of learned positions"] = () =>
            Language(new TransformerLmConfig { Shape = _shape with { Positions = PositionKind.Learned }, TieOutput = false }),
        ["transformer-seq2seq"] = Pairs,
        ["transformer-seq2seq-vae"] = PairsVae,
        ["recurrent-lm"] = () => Language(_recurrent with { TieOutput = true }),
        ["recurrent-lm of GRUs"] = () => Language(_recurrent with { Cell = RecurrentCell.Gru }),
        ["text-gan"] = Gan,
        ["classified-vae"] = Classified,
        ["dense-autoencoder"] = Dense,
        ["gaussian-vae"] = Gaussian,
        ["bag-of-words-vae"] = Bags,
        ["skip-gram"] = Vectors,
    };

    public static TheoryData<string> Names => [.. _families.Keys];

    /// <summary>The model, its weights drawn from a fixed seed, and its loss, which draws from the default generator.</summary>
    public static (nn.Module Model, Func<Tensor> Loss) Build(string name)
    {
        manual_seed(1);
        return _families[name]();
    }

    /// <summary>What a trainer does in a step.</summary>
    public static void Step(nn.Module model, Func<Tensor> loss, OptimizerHelper optimizer)
    {
        using var scope = NewDisposeScope();
        model.zero_grad();
        DirectGradient.Backward(loss());
        GradientNorm.Clip(model.parameters(), 5);
        optimizer.step();
    }

    private static TextBatch Batch() =>
        Sentences.Batch([4, 5, 6, 22], [5], [6, 4, 9, 10, 11, 12], [], [21, 20, 19]) with { Labels = tensor(new long[] { 2, 0, 1, 1, 0 }) };

    private static (nn.Module, Func<Tensor>) Vae(TextVaeConfig config)
    {
        var model = config.Build(Words);
        return (model, () => Elbo(model));
    }

    private static Tensor Elbo(TextVaeModel model)
    {
        var terms = model.Elbo(Batch());
        return (terms.Reconstruction.Total + terms.Kl.sum()) / 5;
    }

    private static (nn.Module, Func<Tensor>) Language(LanguageModelConfig config)
    {
        var model = config.Build(Words);
        return (model, () => model.NegativeLogLikelihood(Batch()).Total / 5);
    }

    private static (nn.Module, Func<Tensor>) Pairs()
    {
        var model = new TransformerSeq2SeqConfig { Shape = _shape }.Build(Words);
        return (model, () => model.Loss(PairBatch()) / 5);
    }

    private static (nn.Module, Func<Tensor>) PairsVae()
    {
        var model = new TransformerSeq2SeqVaeConfig { Shape = _shape, LatentSize = 3 }.Build(Words);
        return (model, () =>
        {
            var terms = model.Elbo(PairBatch());
            return (terms.Reconstruction.Total + terms.Kl.sum()) / 5;
        }
        );
    }

    private static TextPairBatch PairBatch()
    {
        var source = Sentences.Batch([7, 8], [9, 9, 9], [4], [5, 6, 7, 8, 9, 10], [11]);
        return new TextPairBatch(source.Targets, source.Lengths, Batch());
    }

    // Both players' losses; a weight's gradient is the sum.
    private static (nn.Module, Func<Tensor>) Gan()
    {
        var model = new TextGanConfig { Generator = _recurrent, DiscriminatorEmbedding = 5, Filters = 6 }.Build(Words);
        return (model, () =>
        {
            var batch = Batch();
            return model.GeneratorLoss(batch, 1) + model.DiscriminatorLoss(batch, 1);
        }
        );
    }

    private static (nn.Module, Func<Tensor>) Classified()
    {
        var model = new ClassifiedVae(new LstmVaeConfig { EmbeddingSize = 7, HiddenSize = 9, LatentSize = 3 }.Build(Words), 3);
        return (model, () =>
        {
            var batch = Batch();
            var terms = model.Vae.Elbo(batch);
            return (terms.Reconstruction.Total + terms.Kl.sum()) / 5 + nn.functional.cross_entropy(model.Classify(terms.Z), batch.Labels!);
        }
        );
    }

    private static (nn.Module, Func<Tensor>) Dense()
    {
        var model = new DenseAutoencoderConfig { Encoder = [6, 3], Decoder = [6] }.Build(9);
        return (model, () => model.Loss(rand(8, 9)));
    }

    private static (nn.Module, Func<Tensor>) Gaussian()
    {
        var model = new GaussianVaeConfig { HiddenSizes = [6], LatentSize = 3, Deviation = 0.5 }.Build(9);
        return (model, () =>
        {
            var terms = model.Elbo(new VectorBatch(rand(8, 9)));
            return (terms.Reconstruction.Total + terms.Kl.sum()) / 8;
        }
        );
    }

    private static (nn.Module, Func<Tensor>) Bags()
    {
        var model = new BagOfWordsVaeConfig
        {
            HiddenSize = 7,
            LatentSize = 3,
            DecoderHiddenSize = 5,
            PosteriorBatchNormScale = 0.6,
        }.Build(Words);
        return (model, () =>
        {
            var terms = model.Elbo(BagOfWords.From([[4, 5, 4], [], [22, 5], [3]], CPU));
            return (terms.Reconstruction.Total + terms.Kl.sum()) / 4;
        }
        );
    }

    private static (nn.Module, Func<Tensor>) Vectors()
    {
        var model = new SkipGram(Words, 5);
        static Tensor Draw(params long[] shape) => randint(0, Words, shape, dtype: ScalarType.Int64);
        return (model, () => model.Loss(Draw(30), Draw(30), Draw(30, 4)));
    }
}
