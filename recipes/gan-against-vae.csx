#!/usr/bin/env dotnet-script
// Three ways to learn to write: maximum likelihood, a GAN that starts from it, a VAE. Each is judged by how real its texts are and by
// how much of the language it covers, apart; and since a lower temperature buys one with the other, each by a whole curve.
//
//   textvae run recipes/gan-against-vae.csx
//   textvae run recipes/gan-against-vae.csx -p data=my-text.txt
#load "prelude.csx"

return Recipe.Run(Args, "gan-against-vae", "GAN, VAE and maximum likelihood", recipe =>
{
    var oracleWords = recipe.Parameter("oracle-words", standard: 200, smoke: 30, full: 1000);
    var oracleSentences = recipe.Parameter("oracle-sentences", standard: 10_000, smoke: 200);
    var contrast = recipe.Parameter("oracle-contrast", standard: 3.0);
    var grid = recipe.Parameter("grid", standard: 41, smoke: 11, full: 61);
    var scored = recipe.Parameter("scored", standard: 200, smoke: 10, full: 500);
    var samples = recipe.Parameter("samples", standard: 1000, smoke: 40, full: 10_000);
    var iwSamples = recipe.Parameter("iw-samples", standard: 100, smoke: 2, full: 500);
    var width = recipe.Parameter("width", standard: 128, smoke: 16, full: 512);
    var latent = recipe.Parameter("latent", standard: 32);
    var beta = recipe.Parameter("beta", standard: 0.25);
    var dropout = recipe.Parameter("dropout", standard: 0.3);
    var epochs = recipe.Parameter("epochs", standard: 6, smoke: 1, full: 20);
    var duel = new TrainingOptions
    {
        Epochs = recipe.Parameter("adversarial-epochs", standard: 6, smoke: 1, full: 40),
        LearningRate = recipe.Parameter("adversarial-learning-rate", standard: 2e-4),
        BatchSize = 64,
        LearningRatePatience = 1000,
        EarlyStoppingPatience = 1000,
    };
    var turns = new AdversarialOptions
    {
        DiscriminatorSteps = recipe.Parameter("discriminator-steps", standard: 2),
        Lead = recipe.Parameter("lead", standard: 100, smoke: 2),
        FirstTemperature = recipe.Parameter("first-temperature", standard: 1.0),
        LastTemperature = recipe.Parameter("last-temperature", standard: 0.5),
        ValidationSamples = samples,
    };
    var data = recipe.Data("austen", new TextOptions
    {
        MaxTokens = recipe.Parameter("max-tokens", standard: 12, full: 20),
        MaxVocabulary = recipe.Parameter("vocabulary", standard: 2000, smoke: 500, full: 10_000),
        MaxTrainSentences = recipe.Parameter("sentences", standard: 0, smoke: 300),
        Validation = 0.1,
        Test = 0.1,
    });
    var training = new TrainingOptions { Epochs = epochs, LearningRate = 2e-3 };
    double[] temperatures = recipe.Preset == Preset.Smoke ? [0.7, 1] : [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.15];

    // Built where it is used: its weights follow from the seed, and a member's tensors end with it.
    const int oracleLength = 5;
    LstmOracle Oracle() => new(recipe.Seed, oracleWords, oracleLength, contrast: contrast);
    var drawn = new Lazy<EncodedSentences[]>(() =>
    {
        using var scope = torch.NewDisposeScope();
        using var oracle = Oracle();
        return [oracle.Sample(oracleSentences, recipe.Seed + 1).Sentences, oracle.Sample(samples, recipe.Seed + 3).Sentences, oracle.Sample(samples, recipe.Seed + 5).Sentences];
    });

    // −log p of texts under the oracle, by quadrature over its code.
    double TrueNll(IReadOnlyList<int[]> texts)
    {
        using var scope = torch.NewDisposeScope();
        var targets = texts.Take(scored).SelectMany(text => text.Select(id => (long)id).Append(Vocabulary.EosId)).ToArray();
        using var oracle = Oracle();
        var codes = CodeGrid.Create(points: grid, reach: 5);
        return codes.Nll(oracle.LogLikelihood(torch.tensor(targets).reshape(-1, oracleLength + 1), codes.Codes)).mean().item<double>();
    }

    (string Name, bool Known, Func<EncodedSentences> Train, Func<EncodedSentences> Validation, Func<EncodedSentences> Test, Func<int> Vocabulary)[] languages =
    [
        ("oracle", true, () => drawn.Value[0], () => drawn.Value[1], () => drawn.Value[2], () => oracleWords + Vocabulary.Markers.Count),
        ("text", false, () => data.Train, () => data.Validation, () => data.Test, () => data.Tokenizer.Vocabulary.Count),
    ];
    // Sentences of the oracle have one length; those of a text end where the model ends them, and it must write <unk> as often as it stands in the text.
    GenerationOptions Decoding(bool known, double temperature) => known
        ? GenerationOptions.Sample(new Temperature(temperature), new MinTokens(oracleLength)) with { MaxTokens = oracleLength }
        : GenerationOptions.Sample(new Temperature(temperature)) with { MaxTokens = data.Options.MaxTokens, AllowUnknown = true };

    const string likelihood = "maximum likelihood";
    var study = recipe.Study()
        .On(data.Summary + "; and sentences of an LSTM oracle")
        .About("An LSTM by maximum likelihood, the same LSTM trained on as the generator of a GAN, and a VAE. **Oracle NLL** and **forward PPL** say how real their texts are; **own NLL** and **reverse PPL** how much of the language they cover; self-BLEU and distinct-n how much the texts resemble each other.")
        .Column("oracle NLL").Column("own NLL").Column("forward PPL", "0.0").Column("reverse PPL", "0.0").Column("self-BLEU", "0.0").Column("distinct-1", "0.000").Column("distinct-2", "0.000");

    foreach (var language in languages)
    {
        void Measure(Variant member, IReadOnlyList<int[]> texts)
        {
            var quality = SampleQuality.Evaluate(texts, language.Train(), language.Test(), language.Vocabulary());
            if (language.Known)
                member.Record("oracle NLL", TrueNll(texts));
            member.Record("forward PPL", quality.ForwardPerplexity);
            member.Record("reverse PPL", quality.ReversePerplexity);
            member.Record("self-BLEU", quality.SelfBleu);
            member.Record("distinct-1", quality.Distinct1);
            member.Record("distinct-2", quality.Distinct2);
        }

        // What each temperature gives: how real, how much covered.
        void Sweep(Variant member, Func<GenerationOptions, IReadOnlyList<int[]>> write)
        {
            var reference = NGramModel.Train(language.Train(), language.Vocabulary());
            var points = temperatures.Select((temperature, i) =>
            {
                member.Progress("temperatures", i, temperatures.Length);
                var texts = write(Decoding(language.Known, temperature));
                return (
                    Real: language.Known ? TrueNll(texts) : reference.Perplexity(texts),
                    Covered: NGramModel.Train(texts, language.Vocabulary()).Perplexity(language.Test()));
            }).ToArray();
            member.Record("temperatures", points.Select(point => point.Real), points.Select(point => point.Covered), temperatures.Select(temperature => FormattableString.Invariant($"{temperature}")));
            if (!language.Known)
                member.Record("Texts", ["text"], write(Decoding(false, 1)).Take(8).Select(ids => new[] { data.Tokenizer.Decode(ids) }));
        }

        void Judge(Variant member, LanguageModel model)
        {
            IReadOnlyList<int[]> Write(GenerationOptions options) => model.Generate(samples, options, member.Seed);
            member.Record("own NLL", Likelihood.Evaluate(model, language.Test()).Nll);
            Measure(member, Write(Decoding(language.Known, 1)));
            Sweep(member, Write);
        }

        var generator = new RecurrentLmConfig { EmbeddingSize = width, HiddenSize = width, Dropout = dropout };
        study
            .Variant($"{language.Name}: real", member => Measure(member, language.Validation().EvenlySpaced(samples)))
            .Variant($"{language.Name}: {likelihood}", member =>
            {
                var model = member.Build(() => generator.Build(language.Vocabulary()));
                member.Train(new LanguageModelTask(model, language.Train(), language.Validation()), training);
                Judge(member, model);
            })
            .Variant($"{language.Name}: GAN", member =>
            {
                var model = member.Build(() => new TextGanConfig { Generator = generator }.Build(language.Vocabulary()));
                member.Train(new LanguageModelTask(model, language.Train(), language.Validation()), training, "likelihood");
                member.Train(new GanTask(model, language.Train(), language.Validation(), turns), duel, "adversarial");
                Judge(member, model);
            })
            .Variant($"{language.Name}: VAE", member =>
            {
                var config = new LstmVaeConfig { EmbeddingSize = width, HiddenSize = width, LatentSize = latent, Dropout = dropout };
                var objective = new ElboObjective { KlWeight = KlSchedule.Constant(beta) };
                var model = member.Build(() => config.Build(language.Vocabulary()));
                member.Train(new VaeTask(model, language.Train(), language.Validation(), objective), training);
                IReadOnlyList<int[]> Write(GenerationOptions options) => model.Generate(samples, options, member.Seed);
                member.Record("own NLL", ImportanceWeightedNll.Estimate(model, language.Test(), iwSamples, member.Seed).Mean);
                Measure(member, Write(Decoding(language.Known, 1)));
                Sweep(member, Write);
            });
    }

    // The reverse PPL that maximum likelihood has at the temperature where its texts are as real as the GAN's are.
    double CoveredAsReal(StudyResults results, string language)
    {
        var curve = results[$"{language}: {likelihood}"].First.Series["temperatures"];
        var real = results[$"{language}: GAN"][language == "oracle" ? "oracle NLL" : "forward PPL"];
        var next = Math.Clamp(curve.X.TakeWhile(x => x < real).Count(), 1, curve.X.Count - 1);
        var share = Math.Clamp((real - curve.X[next - 1]) / (curve.X[next] - curve.X[next - 1]), 0, 1);
        return curve.Y[next - 1] + share * (curve.Y[next] - curve.Y[next - 1]);
    }

    static Check Both(Func<string, Check> check)
    {
        var (oracle, text) = (check("oracle"), check("text"));
        return (oracle.Held && text.Held, $"{oracle.Detail}; {text.Detail}");
    }

    return study
        .Report(report =>
        {
            Figure Panel(string language, string real) => Figure.Of(
                from member in report.Series("temperatures")
                where member.Variant.StartsWith(language, StringComparison.Ordinal)
                let name = member.Variant[(language.Length + 2)..]
                select (Trace)(Line.Of(member.Series.X, member.Series.Y, name, markers: true, dash: name == likelihood ? LineDash.Solid : LineDash.Dash) with { Labels = name == likelihood ? member.Series.Labels : null, Hover = member.Series.Labels }))
                .Add(Scatter.Of([report.Results[$"{language}: real"][real]], [report.Results[$"{language}: real"]["reverse PPL"]], "real") with { Size = 12 })
                .Title(language).X(real).Y("reverse PPL").LogY();
            report
                .Section("Real or varied", "A lower temperature makes texts more real and less varied, so two models are compared along a whole curve (Caccia et al. 2020): to the left is more real, below covers more. A model beats another where its curve lies below.")
                .Figure("temperatures", Figure.Grid(2, Panel("oracle", "oracle NLL"), Panel("text", "forward PPL").LogX()).Height(440), "Each point is a temperature, written at the curve of maximum likelihood. Oracle NLL is nats a sentence under the true source.")
                .Section("What the game costs", "The likelihood that the generator gives to sentences it has not seen, while it learns to please the discriminator.")
                .Figure("own-nll", Figure.Of(report.Series("adversarial: validation loss").Select(curve => Line.Of(curve.Series.X, curve.Series.Y, curve.Variant, markers: true))).X("adversarial epoch").Y("own NLL, nats a sentence").YFromZero(), "On the validation sentences. The weights kept are those with the lowest sum of forward and reverse cross-entropy.")
                .Section("What they write").Texts();
        })
        .Headline("Text GAN against VAE", "002", results => FormattableString.Invariant(
            $"forward / reverse PPL {results["text: GAN"]["forward PPL"]:0}/{results["text: GAN"]["reverse PPL"]:0} (GAN), {results["text: VAE"]["forward PPL"]:0}/{results["text: VAE"]["reverse PPL"]:0} (VAE), {results[$"text: {likelihood}"]["forward PPL"]:0}/{results[$"text: {likelihood}"]["reverse PPL"]:0} (maximum likelihood)"))
        // Of the oracle that depends on the seed: where maximum likelihood is almost right already, nothing is left to gain.
        .Expect("adversarial training makes texts more real: forward PPL falls by a tenth", results => results.Less("forward PPL", "text: GAN", $"text: {likelihood}", margin: 0.1 * results[$"text: {likelihood}"]["forward PPL"]))
        .Expect("it makes them more alike: self-BLEU rises", results => Both(language => results.Less("self-BLEU", $"{language}: {likelihood}", $"{language}: GAN", margin: 1)))
        .Expect("it forgets what texts there are: own NLL rises by half a nat", results => Both(language => results.Less("own NLL", $"{language}: {likelihood}", $"{language}: GAN", margin: 0.5)))
        .Expect("the GAN covers less than the VAE: its reverse PPL is higher", results => Both(language => results.Less("reverse PPL", $"{language}: VAE", $"{language}: GAN", margin: 0.02 * results[$"{language}: GAN"]["reverse PPL"])))
        .Expect("maximum likelihood at the temperature where it is as real covers more than the GAN", results => Both(language =>
            (CoveredAsReal(results, language) < 0.99 * results[$"{language}: GAN"]["reverse PPL"],
                FormattableString.Invariant($"{language}: reverse PPL {CoveredAsReal(results, language):0.0}, of the GAN {results[$"{language}: GAN"]["reverse PPL"]:0.0}"))));
});
