using Research.TextVae.Experiments;
using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Support;
using Research.TextVae.Tests.Training;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Experiments;

public sealed class TrainedRunTests : IDisposable
{
    private static readonly TextData _data = TinyText.Load(60);
    private static readonly string[] _labels = [.. new[] { _data.Train, _data.Validation }.SelectMany(Labels).Distinct()];
    private static readonly TrainingOptions _once = new() { Epochs = 1 };
    private static readonly TransformerShape _shape = new() { Width = 8, Layers = 1, Heads = 2 };

    private readonly string _folder = Directory.CreateTempSubdirectory("trained-run-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Families { get; } =
        ["LSTM VAE", "Transformer VAE", "classified VAE", "LSTM", "GRU", "Transformer", "GAN"];

    /// <summary>The best weights, dropout off, the tokenizer and the options; LibTorch's generator is left as it was.</summary>
    [Theory]
    [MemberData(nameof(Families))]
    public void What_was_trained_comes_back(string family)
    {
        using var scope = NewDisposeScope();
        var (model, task) = Trained(family);
        Train(task);
        manual_seed(7);
        var expected = rand(3);
        manual_seed(7);

        using var run = TrainedRun.Open(_folder);

        Assert.Equal(expected.data<float>().ToArray(), rand(3).data<float>().ToArray());
        Assert.Equal(("member", _data.Name), (run.Member, run.DataName));
        Assert.Equal(_data.Options with { Corpus = CorpusOptions.Default }, run.TextOptions with { Corpus = CorpusOptions.Default });
        Assert.Equal(((IConfigured)model).Config, run.Config);
        Assert.Equal(_data.Tokenizer.Vocabulary.Words, run.Tokenizer.Vocabulary.Words);
        Assert.False(((nn.Module)run.Model).training);
        var module = (nn.Module)model;
        module.eval();
        foreach (var ((name, own), (_, read)) in module.named_parameters().Zip(((nn.Module)run.Model).named_parameters()))
            Assert.True(own.equal(read).all().item<bool>(), name);
        var options = GenerationOptions.Sample(new Temperature(0.8)) with { MaxTokens = 9 };
        var tokens = model is TextVaeModel writer ? writer.Generate(4, options, 3) : ((LanguageModel)model).Generate(4, options, 3);
        Assert.Equal(tokens.Select(ids => _data.Tokenizer.Decode(ids)), run.Sample(4, options, seed: 3));
        Assert.Equal(run.Sample(2, seed: 3), run.Sample(4, seed: 3).Take(2));
        Assert.All(run.Continue("the cat sees", 3, options, seed: 3), text =>
            Assert.StartsWith("the cat sees", text, StringComparison.Ordinal));

        if (model is not TextVaeModel vae)
        {
            Assert.Same(run.Model, run.LanguageModel);
            foreach (var latent in new Action[] { () => run.Encode("she"), () => run.Decode(zeros(1, 3)), () =>
                run.Interpolate("she", "him"), () => run.Reconstruct("she") })
                Assert.Contains("has a language model, which has no latent codes", Assert.Throws<UserException>(latent)
                    .Message, StringComparison.Ordinal);
            return;
        }

        Assert.Same(run.Model, run.Vae);
        string[] texts = ["She likes music.", "a dog sees the zebra and the quagga"];
        var z = run.Encode(texts, out var unknown);
        Assert.Equal([0, 2], unknown);
        Assert.Equal(2, run.CountUnknown(texts[1]));
        Assert.Equal(vae.EncodeMeans(_data.Tokenizer, texts).data<float>().ToArray(), z.data<float>().ToArray());
        Assert.Equal(z.data<float>().ToArray(), run.Encode(texts).data<float>().ToArray());
        Assert.True(z[0].allclose(run.Encode(texts[0])[0], rtol: 1e-5, atol: 1e-6));
        var path = run.Interpolate(texts[0], texts[1], steps: 5);
        Assert.Equal(5, path.Count);
        Assert.Equal(run.Decode(z), [path[0], path[^1]]);
        Assert.Equal(2, run.Reconstruct(texts).Count);
        Assert.Throws<UserException>(() => run.Decode(zeros(2, vae.LatentSize + 1)));
        Assert.Throws<UserException>(() => run.LanguageModel);
    }

    public static TheoryData<TextUnit> Units { get; } = [TextUnit.Word, TextUnit.Character, TextUnit.Bpe];

    [Theory]
    [MemberData(nameof(Units))]
    public void Any_tokenizer_comes_back(TextUnit unit)
    {
        var corpus = _data.Corpus;
        var data = TextData.Prepare(corpus, _data.Options with
        {
            Unit = unit,
            MaxTokens = int.MaxValue,
            MaxVocabulary = 300,
            Lowercase = false,
            Seed = 9,
        });
        var model = new RecurrentLmConfig { EmbeddingSize = 4, HiddenSize = 4 }.Build(data.Tokenizer.Vocabulary.Count);
        Train(new LanguageModelTask(model, data.Train, data.Validation.EvenlySpaced(5)));

        using var run = TrainedRun.Open(_folder);

        Assert.Equal(data.Tokenizer.GetType(), run.Tokenizer.GetType());
        Assert.Equal(data.Tokenizer.EncodeToIds("The cat sees Zoë."), run.Tokenizer.EncodeToIds("The cat sees Zoë."));
        Assert.Equal((unit, int.MaxValue, 9UL), (run.TextOptions.Unit, run.TextOptions.MaxTokens, run.TextOptions.Seed));
        // No limit of the data is none of what is written.
        Assert.Equal(data.Train.Max(sentence => sentence.Length), run.LongestSentence);
        Assert.All(run.Sample(3), text => Assert.True(data.Tokenizer.CountTokens(text) <= 3 * run.LongestSentence));
    }

    /// <summary>The unnamed training counts, wherever it stands among named ones; without one the last.</summary>
    [Fact]
    public void Of_several_trainings_one_counts()
    {
        var model = new RecurrentLmConfig { EmbeddingSize = 4, HiddenSize = 4 }.Build(_data.Tokenizer.Vocabulary.Count);
        var task = new LanguageModelTask(model, _data);
        string Of(params string[] names)
        {
            File.Delete(Path.Combine(_folder, TrainedModel.FileName));
            foreach (var name in names)
                Assert.True(TrainedModel.Write(_folder, task, name));
            return TrainedModel.Read(_folder).Training;
        }

        Assert.Equal("", Of("first", ""));
        Assert.Equal("", Of("", "after"));
        Assert.Equal("second", Of("first", "second"));
    }

    /// <summary>Nothing is known of the tokens, or of the model.</summary>
    [Fact]
    public void What_could_not_be_opened_is_not_described()
    {
        var vocabulary = _data.Tokenizer.Vocabulary.Count;
        using var model = new RecurrentLmConfig { EmbeddingSize = 4, HiddenSize = 4 }.Build(vocabulary);
        var bare = new EncodedSentences([[4, 5]], [new Sentence("x", "", "")]);

        Assert.False(TrainedModel.Write(_folder, new LanguageModelTask(model, bare, bare)));
        using var bags = new BagOfWordsVaeConfig { HiddenSize = 4, LatentSize = 2 }.Build(vocabulary);
        var documents = new BagOfWordsSet([[4, 5]]);
        Assert.False(TrainedModel.Write(_folder, new VaeTask<BagOfWords>(bags, documents, documents, new ElboObjective())));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_run_or_a_member_is_named_and_anything_else_refused()
    {
        string Refused(string path, string? member = null) =>
            Assert.Throws<UserException>(() => TrainedRun.Open(path, member)).Message.Replace(_folder, "RUN", StringComparison.Ordinal);
        Assert.Equal("there is no folder RUN/none; give that of a run or of one of its members.", Refused(Path.Combine(_folder, "none")));
        Assert.Equal("RUN is no folder of a run or of one of its members: it has neither members/ nor model.json.", Refused(_folder));

        string Member(string name) => Directory.CreateDirectory(Path.Combine(_folder, "members", name)).FullName;
        Member("old");
        const string why = "it trained no text model, or an older version ran it; run the recipe again to have one.";
        Assert.Equal($"RUN: no member has a model.json: {why}", Refused(_folder));
        Assert.Equal($"RUN/members/old has no model.json: {why}", Refused(Member("old")));

        var config = new RecurrentLmConfig { EmbeddingSize = 4, HiddenSize = 4 };
        foreach (var name in new[] { "a", "b" })
        {
            using var model = config.Build(_data.Tokenizer.Vocabulary.Count);
            Train(new LanguageModelTask(model, _data), Member(name));
        }

        Assert.Equal(
            "RUN has 2 members with a model; choose one of them as the member (--member on the command line): a, b.", Refused(_folder));
        Assert.Equal("RUN has no member 'c'; those with a model are: a, b.", Refused(_folder, "c"));
        Assert.Equal($"member 'old' of RUN has no model.json: {why}", Refused(_folder, "old"));
        Assert.Equal("RUN/members/a is the folder of one member, not of 'b'; leave the member out, or give the run's folder.",
            Refused(Member("a"), "b"));
        foreach (var (path, member) in new[] { (_folder, "b"), (Member("b"), null), (Member("b") + "/", "b") })
        {
            using var run = TrainedRun.Open(path, member);
            Assert.Equal("b", run.Member);
        }

        // Begun, and not trained for an epoch yet.
        Directory.Delete(Path.Combine(Member("a"), "checkpoints"), recursive: true);
        Assert.StartsWith("RUN/members/a has no trained weights yet", Refused(_folder, "a"), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(Member("a"), "model.json"), "{");
        Assert.StartsWith(
            "RUN/members/a/model.json does not describe a model that is known here: ", Refused(_folder, "a"), StringComparison.Ordinal);
        var other = WordTokenizer.Train(["a few words"], new WordTokenizerOptions());
        other.Save(Path.Combine(Member("b"), "tokenizer.json"));
        Assert.StartsWith(
            "RUN/members/b/tokenizer.json has 7 tokens, but the model beside it ", Refused(_folder, "b"), StringComparison.Ordinal);
        Directory.Delete(Member("a"), recursive: true);
        Assert.StartsWith("RUN/members/b/tokenizer.json", Refused(_folder), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_encoded_or_written_is_refused()
    {
        using var model = new LstmVaeConfig { EmbeddingSize = 4, HiddenSize = 4, LatentSize = 2 }.Build(_data.Tokenizer.Vocabulary.Count);
        Train(new VaeTask(model, _data, new ElboObjective()));
        using var run = TrainedRun.Open(_folder);

        static string Refused(Action action) => Assert.Throws<UserException>(action).Message;
        Assert.Equal("Sentence 2 of 2 is empty; give it at least one word.", Refused(() => run.Encode("she", " ")));
        Assert.Equal("There is no sentence to encode; give at least one.", Refused(() => run.Encode()));
        Assert.Equal("Sentence 1 of 2 is empty; give it at least one word.", Refused(() => run.Interpolate("", "she")));
        Assert.Equal("The prompt is empty; give at least one word to go on from.", Refused(() => run.Continue("")));
        Assert.Equal("The number of texts is 0; ask for at least one.", Refused(() => run.Sample(0)));
        Assert.Equal("The codes have the shape [2]; the model decodes codes of the shape [texts, 2].", Refused(() => run.Decode(zeros(2))));
    }

    /// <summary>A VAE with classes is used class by class: the classes by their labels, codes from p(z|c), texts from p(x|z,c).</summary>
    [Fact]
    public void A_model_conditioned_on_classes_is_used_class_by_class()
    {
        string[] labels = ["plain", "merry"];
        EncodedSentences Labelled(EncodedSentences of) =>
            new EncodedSentences(of, [.. of.Texts.Select((text, i) => new Sentence(text, "", labels[i % 2]))]) { Encoding = of.Encoding }
                .WithClasses(labels);
        var (train, validation) = (Labelled(_data.Train), Labelled(_data.Validation));
        using var model = new LstmVaeConfig
        {
            EmbeddingSize = 4,
            HiddenSize = 4,
            LatentSize = 2,
            Classes = labels.Length,
        }.Build(_data.Tokenizer.Vocabulary.Count);
        Train(new VaeTask(model, train, validation, new ElboObjective()));
        using var run = TrainedRun.Open(_folder);

        Assert.Contains("conditioned on classes", Assert.Throws<UserException>(() => run.Sample(1)).Message, StringComparison.Ordinal);
        Assert.Contains("conditioned on classes", Assert.Throws<UserException>(() => run.Encode("she")).Message, StringComparison.Ordinal);
        Assert.Contains($"has no class 'none'; its classes are {string.Join(", ", labels)}.",
            Assert.Throws<UserException>(() => run.OfClass("none")).Message, StringComparison.Ordinal);

        Assert.Equal(labels, run.Classes);
        Assert.Null(run.Class);
        var last = run.OfClass(labels[^1]);
        Assert.Equal(labels[^1], last.Class);
        // The codes of the command are drawn from the seed, those of the library from the seed plus the class.
        var options = GenerationOptions.Sample() with { MaxTokens = 9 };
        var number = labels.Length - 1;
        var z = model.Prior(full([3], (long)number, ScalarType.Int64)).Sample(StandardNormal.Sample(3, 2, seed: 5));
        var expected = model.Generate(model.Condition(z, full([3], (long)number, ScalarType.Int64)), options, seed: 5);
        Assert.Equal(expected.Select(ids => _data.Tokenizer.Decode(ids)), last.Sample(3, options, seed: 5));
        Assert.Equal([2L, 2L], last.Encode("she likes music .", "a dog sees her .").shape);
        Assert.False(last.Encode("she likes music .").equal(run.OfClass(labels[0]).Encode("she likes music .")).all().item<bool>());
        Assert.Equal(last.Decode(last.Encode("she likes music .")), last.Interpolate("she likes music .", "she .", steps: 2).Take(1));
        Assert.Single(last.Reconstruct("she likes music ."));
        Assert.All(last.Continue("the cat", 2), text => Assert.StartsWith("the cat", text, StringComparison.Ordinal));
    }

    /// <summary>As long as a training sentence, and no longer than the positions learned.</summary>
    [Fact]
    public void Learned_positions_bound_a_text()
    {
        var shape = _shape with { Positions = PositionKind.Learned, MaxPositions = 22 };
        using var model = new TransformerLmConfig { Shape = shape }.Build(_data.Tokenizer.Vocabulary.Count);
        Train(new LanguageModelTask(model, _data));
        using var run = TrainedRun.Open(_folder);

        var longest = _data.Train.Max(sentence => sentence.Length);
        Assert.Equal((longest, longest, 7, 1), (run.Longest(0), run.Longest(2), run.Longest(15), run.Longest(21)));
        Assert.Contains("22 positions", Assert.Throws<UserException>(() => run.Longest(22)).Message, StringComparison.Ordinal);
        var words = string.Join(' ', Enumerable.Repeat("the cat sees", 5));
        Assert.All(run.Continue(words, 20, seed: 1), text => Assert.StartsWith(words, text, StringComparison.Ordinal));
    }

    private static (IAutoregressiveModel Model, TrainingTask Task) Trained(string family)
    {
        manual_seed(3);
        var vocabulary = _data.Tokenizer.Vocabulary.Count;
        var lstm = new LstmVaeConfig
        {
            EmbeddingSize = 6,
            HiddenSize = 7,
            LatentSize = 3,
            PosteriorBatchNormScale = 0.6,
            Pooling = Pooling.Mean,
        };
        var recurrent = new RecurrentLmConfig { EmbeddingSize = 6, HiddenSize = 7, TieOutput = true };
        (IAutoregressiveModel, TrainingTask) Vae(TextVaeConfig config)
        {
            var model = config.Build(vocabulary);
            return (model, new VaeTask(model, _data, new ElboObjective()));
        }

        (IAutoregressiveModel, TrainingTask) Language(LanguageModelConfig config)
        {
            var model = config.Build(vocabulary);
            return (model, new LanguageModelTask(model, _data));
        }

        switch (family)
        {
            case "LSTM VAE":
                return Vae(lstm);
            case "Transformer VAE":
                return Vae(new TransformerVaeConfig { Shape = _shape, LatentSize = 3 });
            case "LSTM":
                return Language(recurrent);
            case "GRU":
                return Language(recurrent with { Cell = RecurrentCell.Gru, Layers = 2 });
            case "Transformer":
                return Language(new TransformerLmConfig { Shape = _shape });
            case "classified VAE":
                var classified = new ClassifiedVae(lstm.Build(vocabulary), _labels.Length);
                var (train, validation) = (_data.Train.WithClasses(_labels), _data.Validation.WithClasses(_labels));
                return (classified.Vae, new ClassifiedVaeTask(classified, train, validation, new ElboObjective(), 1));
            default:
                var gan = new TextGanConfig { Generator = recurrent, DiscriminatorEmbedding = 4, Filters = 4 }.Build(vocabulary);
                return (gan,
                    new GanTask(gan, _data.Train, _data.Validation, new AdversarialOptions { Lead = 1, ValidationSamples = 20 }));
        }
    }

    private static IEnumerable<string> Labels(EncodedSentences sentences) =>
        Enumerable.Range(0, sentences.Count).Select(i => sentences.Source(i).Label);

    private void Train(TrainingTask task) => Train(task, Directory.CreateDirectory(Path.Combine(_folder, "members", "member")).FullName);

    private static void Train(TrainingTask task, string member)
    {
        Assert.True(TrainedModel.Write(member, task));
        new Trainer(task, _once, 1) { CheckpointFolder = Path.Combine(member, "checkpoints") }.Run();
    }
}
