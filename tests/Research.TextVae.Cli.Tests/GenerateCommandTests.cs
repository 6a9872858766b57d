using Research.TextVae.Support;

namespace Research.TextVae.Cli.Tests;

/// <summary>What a run has trained, used through the real command line.</summary>
public sealed class GenerateCommandTests(GenerateCommandTests.TrainedRuns runs) : IClassFixture<GenerateCommandTests.TrainedRuns>
{
    private static readonly string _prelude = Path.Combine(Workplace.Checkout, "recipes", "prelude.csx");

    [Fact]
    public void EveryMemberThatTrainedATextModelCanBeUsed()
    {
        foreach (var member in new[] { "LSTM", "VAE", "watched VAE" })
        {
            var outcome = Generate("study", "--member", member, "-n", "3", "--seed", "5");

            Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
            Assert.Equal(3, Lines(outcome).Length);
            Assert.Equal(outcome, Generate("study", "--member", member, "-n", "3", "--seed", "5"));
        }

        Assert.Equal(10, Lines(Generate("sweep")).Length);
    }

    [Fact]
    public void ARunIsFoundByRecipeIdOrFolder()
    {
        var folder = Assert.Single(Directory.GetDirectories(Path.Combine(runs.Place.Folder, "runs", "study")));
        var expected = Generate("study", "--member", "LSTM");

        Assert.Equal(10, Lines(expected).Length);
        Assert.Equal(expected, Generate(Path.GetFileName(folder), "--member", "LSTM"));
        Assert.Equal(expected, Generate(folder, "--member", "LSTM"));
        Assert.Equal(expected, Generate(Path.Combine(folder, "members", "LSTM")));
        Assert.Equal(expected, Generate(Path.GetRelativePath(runs.Place.Folder, folder), "--member", "LSTM"));
        // The newest run has one member.
        Assert.Equal(Generate("sweep"), Generate());
    }

    [Fact]
    public void APromptBeginsEveryText()
    {
        foreach (var member in new[] { "LSTM", "VAE" })
        {
            var outcome =
                Generate("study", "--member", member, "--prompt", "The old man", "-n", "4", "--temperature", "0.7", "--top-p", "0.9");

            Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
            Assert.Equal(4, Lines(outcome).Length);
            Assert.All(Lines(outcome), line => Assert.StartsWith("the old man", line, StringComparison.Ordinal));
        }

        var likely = Generate("study", "--member", "VAE", "--prompt", "The old man", "-n", "2", "--beam", "3", "--max-tokens", "2");
        Assert.Equal((0, "", 2), (likely.ExitCode, likely.Error, Lines(likely).Length));
        Assert.All(Lines(likely), line => Assert.InRange(line.Split(' ').Length, 3, 5));
        Assert.Equal(Generate("study", "--member", "LSTM", "--greedy"), Generate("study", "--member", "LSTM", "--top-k", "1", "-n", "1"));

        var unknown = Generate("study", "--member", "LSTM", "--prompt", "the old zebra", "--greedy");
        Assert.StartsWith("the old <unk>", Assert.Single(Lines(unknown)), StringComparison.Ordinal);
        Assert.Equal("note: 1 of 3 tokens of --prompt are not in the model's vocabulary; it reads <unk> in their place.\n", unknown.Error);
    }

    [Fact]
    public void TwoSentencesAreInterpolated()
    {
        var outcome = Generate(
            "study", "--member", "VAE", "--from", "the cat sees the garden at night .", "--to", "nobody here sees the garden .", "-n", "5");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(5, Lines(outcome).Length);
        Assert.Equal(10, Lines(Generate("study", "--member", "VAE", "--from", "the cat .", "--to", "music .")).Length);
    }

    [Theory]
    [InlineData("no run in 'runs' has an id that begins with 'none'. See textvae runs list.", "none")]
    [InlineData("there is no folder 'runs/none'; see textvae runs list.", "runs/none")]
    [InlineData("PLACE/runs/study is no folder of a run or of one of its members: it has neither members/ nor model.json.", "runs/study")]
    [InlineData("RUN has 3 members with a model; choose one of them as the member (--member on the command line): LSTM, VAE, watched VAE.",
        "study")]
    [InlineData("RUN has no member 'lstm'; those with a model are: LSTM, VAE, watched VAE.", "study", "--member", "lstm")]
    [InlineData("member 'counts' of RUN has no model.json: it trained no text model, or an older version ran it; run the recipe again to "
        + "have one.", "study", "--member", "counts")]
    [InlineData("--from needs --to: give both sentences to interpolate between.", "study", "--member", "VAE", "--from", "the cat")]
    [InlineData("--to needs --from: give both sentences to interpolate between.", "study", "--member", "VAE", "--to", "the cat")]
    [InlineData("RUN/members/LSTM has a language model, which has no latent codes: it can sample and go on from a prompt; open a member "
        + "with a VAE to encode, decode or interpolate.", "study", "--member", "LSTM", "--from", "the cat", "--to", "a dog")]
    [InlineData("--prompt is empty; give at least one word to continue, or leave it out.", "study", "--member", "LSTM", "--prompt", "")]
    [InlineData("--to is empty; give a sentence.", "study", "--member", "VAE", "--from", "the cat", "--to", " ")]
    [InlineData("--prompt goes on from a beginning, --from and --to interpolate between two sentences; give one or the other.", "study",
        "--member", "VAE", "--from", "a", "--to", "b", "--prompt", "c")]
    [InlineData("-n is 0; ask for at least 1 text.", "study", "--member", "LSTM", "-n", "0")]
    [InlineData("-n is 1; an interpolation has at least 2 steps.", "study", "--member", "VAE", "--from", "the cat", "--to", "a dog", "-n",
        "1")]
    [InlineData("--temperature is 0; give a number above 0, or --greedy for the likeliest token each time.", "study", "--temperature", "0")]
    [InlineData("--top-p is 1.5; give a share above 0 and at most 1.", "study", "--top-p", "1.5")]
    [InlineData("--top-k is 0; give a number of tokens, at least 1.", "study", "--top-k", "0")]
    [InlineData("--beam is 0; give a number of beams, at least 1.", "study", "--beam", "0")]
    [InlineData("--max-tokens is 0; give at least 1.", "study", "--member", "LSTM", "--max-tokens", "0")]
    [InlineData("--beam draws nothing, so --top-k has no effect; leave one of them out.", "study", "--beam", "4", "--top-k", "5")]
    [InlineData("RUN/members/VAE has a model without classes; leave the class 'noun' out.", "study", "--member", "VAE", "--class", "noun")]
    [InlineData("--greedy draws nothing, so --top-p has no effect; leave one of them out.", "study", "--greedy", "--top-p", "0.5")]
    [InlineData("unknown option '--promt' for 'textvae generate'. Did you mean '--prompt'? See 'textvae generate --help'.", "study",
        "--promt", "x")]
    public void MistakesAreOneLine(string expected, params string[] arguments)
    {
        var study = Assert.Single(Directory.GetDirectories(Path.Combine(runs.Place.Folder, "runs", "study")));

        var outcome = Generate(arguments);

        Assert.Equal((ExitCode.UserError, "", $"error: {expected}\n"),
            (outcome.ExitCode, outcome.Output, outcome.Error.Replace(study, "RUN", StringComparison.Ordinal)
                .Replace(runs.Place.Folder, "PLACE", StringComparison.Ordinal)));
    }

    [Fact]
    public void ATextIsOneLineWhateverItHolds() => Assert.Equal("a b c d  e", GenerateCommand.OnOneLine("a\r\nb\u2028c\u001Bd\t\be"));

    [Fact]
    public void HelpShowsExamples()
    {
        var help = runs.Place.TextVae("generate", "--help").Output;

        Assert.All(["--member <name>", "--prompt <text>", "-n, --count <N>", "Examples:", "textvae generate vae-beta-sweep --member"],
            text => Assert.Contains(text, help, StringComparison.Ordinal));
    }

    private Outcome Generate(params string[] arguments) => runs.Place.TextVae(["generate", .. arguments]);

    private static string[] Lines(Outcome outcome) => outcome.Output.Split('\n')[..^1];

    /// <summary>Two runs: a study of a language model, a VAE, a VAE that is measured while it trains and a member without a model; and a
    /// sweep of one value.</summary>
    public sealed class TrainedRuns : IDisposable
    {
        public TrainedRuns()
        {
            string[] subjects = ["the cat", "a dog", "my aunt", "the old man", "she", "nobody here"];
            string[] verbs = ["sees", "likes", "follows", "paints"];
            string[] objects = ["the garden", "him", "the long road home", "music", "everything"];
            Place.Write("text.txt",
                string.Join('\n', Enumerable.Range(0, 200)
                    .Select(
                        i => $"{subjects[i % 6]} {verbs[i * 7 / 3 % 4]} {objects[i * 5 / 2 % 5]} "
                            + $"{(i % 3 == 0 ? "at night" : $"on day {i % 11}")} .")));
            const string setting = """
                var data = recipe.Data("text.txt", new TextOptions { MaxTokens = 12, Validation = 0.15, Test = 0.15, Seed = 1 });
                var training = new TrainingOptions { Epochs = 2 };
                var vae = new LstmVaeConfig { EmbeddingSize = 8, HiddenSize = 8, LatentSize = 3 };
                """;
            Run("study", $$"""
                {{setting}}
                var words = data.Tokenizer.Vocabulary.Count;
                var x = new Metric("x");
                return recipe.Study()
                    .Columns(x)
                    .Variant("counts", member => member.Record(x, 1))
                    .Variant("LSTM", member =>
                    {
                        var model = member.Build(() => new RecurrentLmConfig { EmbeddingSize = 8, HiddenSize = 8 }.Build(words));
                        member.Train(new LanguageModelTask(model, data), training);
                    })
                    .Variant("VAE", member =>
                    {
                        var model = member.Build(() => vae.Build(words));
                        member.Train(new VaeTask(model, data, new ElboObjective { KlWeight = KlSchedule.Constant(0) }), training, "first");
                        member.Train(new VaeTask(model, data, new ElboObjective()), training);
                    })
                    .Variant("watched VAE", member =>
                    {
                        var model = member.Build(() => vae.Build(words));
                        var task = new VaeTask(model, data.Train.EvenlySpaced(100), data.Validation, new ElboObjective());
                        member.Train(task, training, stepped: _ => { });
                    });
                """);
            Run("sweep", $$"""
                {{setting}}
                return recipe.Sweep("β", [0.5], β => new Trial
                {
                    Data = data,
                    Model = vae,
                    Objective = new ElboObjective { KlWeight = new ConstantKl(β) },
                    Training = training,
                    Measures = new EvaluationOptions { IwSamples = 2, IwSentences = 5 },
                });
                """);
        }

        internal Workplace Place { get; } = new();

        public void Dispose() => Place.Dispose();

        private void Run(string name, string describe)
        {
            Place.Write($"{name}.csx", $$"""
                #load "{{_prelude}}"
                return Recipe.Run(Args, "{{name}}", "{{name}}", recipe =>
                {
                {{describe}}
                });
                """);
            var outcome = Place.TextVae("run", $"{name}.csx");
            Assert.True(outcome.ExitCode == 0, outcome.Error + outcome.Output);
        }
    }
}
