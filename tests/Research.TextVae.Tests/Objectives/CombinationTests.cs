using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Tests.Models;
using Research.TextVae.Tests.Training;
using Research.TextVae.Text;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Objectives;

/// <summary>Any remedy against collapse goes with any VAE: two steps of training with it, the first of which may have a KL weight of 0,
/// change every weight.</summary>
public sealed class CombinationTests
{
    // Small enough that the KL term is above it, or it would give the prior of a class no gradient.
    private const double Share = 1e-5;

    private static readonly TextData _text = TinyText.Load(120);

    private static readonly Dictionary<string, TextVaeConfig> _families = new()
    {
        ["LSTM"] = new LstmVaeConfig { EmbeddingSize = 6, HiddenSize = 8, LatentSize = 3 },
        ["conditional LSTM"] = new LstmVaeConfig { EmbeddingSize = 6, HiddenSize = 8, LatentSize = 3, Classes = 2, ClassEmbeddingSize = 2 },
        ["Transformer"] = new TransformerVaeConfig { Shape = new TransformerShape { Width = 8, Layers = 1, Heads = 2 }, LatentSize = 3 },
    };

    private static readonly Dictionary<string, Func<TextVaeConfig, TextVaeConfig>> _models = new()
    {
        ["word dropout"] = config => config with { WordDropout = 0.5 },
        ["denoising encoder"] = config => config with { EncoderWordDropout = 0.3 },
        ["normalised means"] = config => config with { PosteriorBatchNormScale = 0.6 },
        ["max-pooled encoder"] = config => config is LstmVaeConfig lstm
            ? lstm with { Pooling = Pooling.Max }
            : (TransformerVaeConfig)config with { Pooling = Pooling.Max },
        ["mean-pooled encoder"] = config => config is LstmVaeConfig lstm
            ? lstm with { Pooling = Pooling.Mean }
            : (TransformerVaeConfig)config with { Pooling = Pooling.Mean },
        ["skip connection"] = config => config is LstmVaeConfig lstm
            ? lstm with { LatentAtOutput = true }
            : (TransformerVaeConfig)config with { MemoryTokens = 0 },
    };

    private static readonly Dictionary<string, ElboObjective> _objectives = new()
    {
        ["β"] = new ElboObjective { KlWeight = new ConstantKl(0.3) },
        ["linear annealing"] = new ElboObjective { KlWeight = new LinearKl { Epochs = 2 } },
        ["sigmoid annealing"] = new ElboObjective { KlWeight = new SigmoidKl { Midpoint = 1, Width = 0.2 } },
        ["cosine annealing"] = new ElboObjective { KlWeight = new CosineKl { Epochs = 2 } },
        ["cyclical annealing"] = new ElboObjective { KlWeight = new CyclicalKl { Period = 1, Cycles = 2 } },
        ["delayed annealing"] = new ElboObjective { KlWeight = new DelayedKl { Delay = 0.01, Then = new LinearKl { Epochs = 2 } } },
        ["free bits, per dimension"] = new ElboObjective { FreeBits = new FreeBits { Nats = Share } },
        ["free bits, per sentence"] = new ElboObjective { FreeBits = new FreeBits { Nats = Share, Form = FreeBitsForm.PerSentence } },
        ["free bits, per dimension and sentence"] = new ElboObjective
        {
            FreeBits = new FreeBits { Nats = Share, Form = FreeBitsForm.PerDimensionAndSentence },
        },
        ["MMD"] = new ElboObjective { KlWeight = new ConstantKl(0.1), Mmd = new MaximumMeanDiscrepancy { Weight = 10 } },
        ["total correlation"] = new ElboObjective { TotalCorrelation = new TotalCorrelation() },
        ["importance weighting"] = new ElboObjective
        {
            KlWeight = new LinearKl { Epochs = 2 },
            ImportanceWeighting = new ImportanceWeighting { Samples = 3, DoublyReparameterized = false },
        },
        ["importance weighting, doubly reparameterised"] = new ElboObjective
        {
            ImportanceWeighting = new ImportanceWeighting { Samples = 3 },
        },
        ["all terms"] = new ElboObjective
        {
            KlWeight = new CyclicalKl { Period = 1, Cycles = 2 },
            FreeBits = new FreeBits { Nats = Share },
            Mmd = new MaximumMeanDiscrepancy(),
            TotalCorrelation = new TotalCorrelation(),
        },
    };

    public static TheoryData<string, string> Combinations
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var family in _families.Keys)
            {
                foreach (var remedy in _models.Keys.Concat(_objectives.Keys)
                    .Concat(["aggressive encoder", "pre-training", "all together"]))
                    all.Add(family, remedy);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Training_with_it_changes_every_weight(string family, string remedy)
    {
        var together = remedy == "all together";
        var config = _families[family];
        foreach (var change in _models.Where(model => together || model.Key == remedy))
            config = change.Value(config);
        var objective = _objectives.GetValueOrDefault(together ? "all terms" : remedy, new ElboObjective());
        var options = new TrainingOptions
        {
            BatchSize = 8,
            LearningRate = 1e-2,
            Aggressive = together || remedy == "aggressive encoder" ? new AggressiveTraining { MaxSteps = 2, CheckEvery = 1 } : null,
        };
        manual_seed(1);
        using var model = config.Build(_text.Tokenizer.Vocabulary.Count);
        if (together || remedy == "pre-training")
        {
            TwoSteps(model, new ElboObjective { KlWeight = new ConstantKl(0) }, options with { Aggressive = null });
            using var fresh = config.Build(_text.Tokenizer.Vocabulary.Count);
            model.ResetDecoder(fresh);
        }

        var before = model.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.detach().clone());
        TwoSteps(model, objective, options);

        foreach (var (name, weight) in model.named_parameters())
            Assert.False(weight.Equals(before[name]), $"{name} has not changed");
    }

    /// <summary>The terms of the loss and the normalised means serve the VAE of bags of words as well.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(0.6)]
    public void Terms_of_the_loss_go_with_bags_of_words(double? meanScale)
    {
        var bags = BagOfWords.From([[4, 5, 4], [6], [6, 5], [3, 7]], CPU);
        foreach (var objective in _objectives.Values)
        {
            manual_seed(2);
            using var model = new BagOfWordsVaeConfig
            {
                HiddenSize = 5,
                LatentSize = 3,
                DecoderHiddenSize = 4,
                PosteriorBatchNormScale = meanScale,
            }.Build(8);
            ModelChecks.OneStepChangesEveryParameter(model, () => objective.Loss(model, bags, progress: 0.5).Total);
        }
    }

    private static void TwoSteps(TextVaeModel model, ElboObjective objective, TrainingOptions options)
    {
        static EncodedSentences Set(EncodedSentences sentences) => sentences.WithClasses([sentences.Source(0).Label, "another"]);
        using var stop = new CancellationTokenSource();
        var task = new VaeTask(model, Set(_text.Train), Set(_text.Validation), objective);
        Assert.Throws<OperationCanceledException>(() =>
            new Trainer(task, options, 3) { Observer = new Stopping(stop) }.Run(stop.Token));
    }

    private sealed class Stopping(CancellationTokenSource stop) : ITrainingObserver
    {
        public void Stepped(TrainingProgress progress)
        {
            if (progress.Batch == 2)
                stop.Cancel();
        }

        public void Logged(TrainRecord record)
        {
        }

        public void Validated(EpochRecord record)
        {
        }
    }
}
