#!/usr/bin/env dotnet-script
// How do three ways to learn to generate compare: maximum likelihood, a GAN that starts from it, and a VAE? Each is judged by how real its
// texts are and by how much of the language it covers, apart; and since a lower temperature buys one with the other, each by a whole curve.
//
//   textvae run recipes/gan-against-vae.csx [-p data=my-text.txt]
#load "prelude.csx"

return Recipe.Run(Args, "gan-against-vae", "GAN, VAE and maximum likelihood", recipe =>
{
    var words = recipe.Parameter("oracle-words", standard: 200, smoke: 30, full: 1000);
    var sentences = recipe.Parameter("oracle-sentences", standard: 10_000, smoke: 200);
    var (contrast, points) = (recipe.Parameter("oracle-contrast", standard: 3.0), recipe.Parameter("grid", 41, smoke: 11, full: 61));
    var scored = recipe.Parameter("scored", standard: 200, smoke: 10, full: 500);
    var samples = recipe.Parameter("samples", standard: 10_000, smoke: 40, full: 50_000);
    var heldOut = recipe.Parameter("oracle-held-out", standard: 1000, smoke: 40);
    var iwSamples = recipe.Parameter("iw-samples", standard: 100, smoke: 2, full: 500);
    var vae = recipe.Configure(new LstmVaeConfig { EmbeddingSize = 128, HiddenSize = 128, LatentSize = 32, Dropout = 0.3 },
        smoke: vae => vae with { EmbeddingSize = 16, HiddenSize = 16 }, full: vae => vae with { EmbeddingSize = 512, HiddenSize = 512 });
    var lm = new RecurrentLmConfig { EmbeddingSize = vae.EmbeddingSize, HiddenSize = vae.HiddenSize, Dropout = vae.Dropout };
    var objective = new ElboObjective { KlWeight = KlSchedule.Constant(recipe.Parameter("beta", standard: 0.25)) };
    var training = recipe.Configure(new TrainingOptions { Epochs = 6, LearningRate = 2e-3 },
        smoke: options => options with { Epochs = 1 }, full: options => options with { Epochs = 20 });
    var duel = new TrainingOptions { BatchSize = 64, LearningRatePatience = 1000, EarlyStoppingPatience = 1000 };
    duel = recipe.Configure(duel with { Epochs = 6, LearningRate = 2e-4 }, prefix: "adversarial",
        smoke: options => options with { Epochs = 1 }, full: options => options with { Epochs = 40 });
    var turns = recipe.Configure(new AdversarialOptions { ValidationSamples = Math.Min(samples, 1000) },
        smoke: options => options with { Lead = 2 });
    double[] temperatures = recipe.Preset == Preset.Smoke ? [0.7, 1] : [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.15];
    var data = recipe.Data("austen", new TextOptions { MaxTokens = 12, MaxVocabulary = 2000, Validation = 0.1, Test = 0.1 },
        smoke: options => options with { MaxVocabulary = 500, MaxTrainSentences = 300 },
        full: options => options with { MaxTokens = 20, MaxVocabulary = 10_000 });

    const string Mle = "maximum likelihood", Real = "real", Gan = "GAN", Vae = "VAE";
    var (forward, reverse, ownNll) = (RecordedQuality.ForwardPerplexity, RecordedQuality.ReversePerplexity, new Metric("own NLL"));
    var (oracle, text) = (new LstmOracle(recipe.Seed, words, length: 5, contrast: contrast), GeneratedLanguage.Of(data));
    var known = GeneratedLanguage.Of(oracle, sentences, heldOut, recipe.Seed, CodeGrid.Create(points, reach: 5), scored);

    void Evaluate(Variant variant, GeneratedLanguage language, Func<GenerationOptions, IReadOnlyList<int[]>> generate)
    {
        language.Evaluate(variant, generate, temperatures);
        if (language == text)
            variant.Record("Texts", ["text"], generate(text.Sampling(1)).Take(8).Select(ids => new[] { data.Tokenizer.Decode(ids) }));
    }
    void EvaluateLm(Variant variant, GeneratedLanguage language, LanguageModel model)
    {
        variant.Record(ownNll, Likelihood.Evaluate(model, language.Test).Nll);
        Evaluate(variant, language, options => model.Generate(samples, options, variant.Seed));
    }
    Figure Panel(StudyResults study, GeneratedLanguage language) => Figure
        .Of(new[] { Mle, Gan, Vae }.Select(name => study[language.Variant(name)].TemperatureLine(name, labelled: name == Mle)))
        .Add(study.Labelled(language.Unreal, reverse, language.Variant(Real)) with { Name = Real, Labels = null, Size = 12 })
        .Title(language.Name).X(language.Unreal.Name).Y(reverse.Name).LogY();
    // The reverse PPL that maximum likelihood has at the temperature where its texts are as real as the GAN's are.
    double CoveredAsReal(StudyResults study, GeneratedLanguage language) =>
        study[language.Variant(Mle)].TemperatureCurve().CoveredAsReal(study[language.Variant(Gan)][language.Unreal]);
    Check CoversLess(StudyResults study, GeneratedLanguage language) => (
        CoveredAsReal(study, language) < 0.99 * study[language.Variant(Gan)][reverse],
        $"{language.Name}: reverse PPL {CoveredAsReal(study, language):0.0}, of the GAN {study[language.Variant(Gan)].Format(reverse)}");
    Check Both(Check known, Check text) => (known.Held && text.Held, $"{known.Detail}; {text.Detail}");
    Check Less(StudyResults study, Metric metric, string lower, string higher, Func<StudyRow, double> margin) => Both(
        study.Less(metric, known.Variant(lower), known.Variant(higher), margin(study[known.Variant(higher)])),
        study.Less(metric, text.Variant(lower), text.Variant(higher), margin(study[text.Variant(higher)])));

    var study = recipe.Study()
        .On(data.Summary + "; and sentences of an LSTM oracle")
        .About("An LSTM by maximum likelihood, the same LSTM trained on as the generator of a GAN, and a VAE. **Oracle NLL** and "
            + "**forward PPL** say how real their texts are; **own NLL** and **reverse PPL** how much of the language they cover; "
            + "self-BLEU and distinct-n how much the texts resemble each other.")
        .Columns([GeneratedLanguage.OracleNll, ownNll, .. RecordedQuality.Metrics]);
    foreach (var language in new[] { known, text })
    {
        study.Variant(language.Variant(Real), variant => language.EvaluateReal(variant, samples));
        study.Variant(language.Variant(Mle), variant =>
        {
            var model = variant.Build(() => lm.Build(language.Vocabulary));
            variant.Train(new LanguageModelTask(model, language.Train, language.Validation), training);
            EvaluateLm(variant, language, model);
        });
        study.Variant(language.Variant(Gan), variant =>
        {
            var model = variant.Build(() => new TextGanConfig { Generator = lm }.Build(language.Vocabulary));
            variant.Train(new LanguageModelTask(model, language.Train, language.Validation), training, "likelihood");
            variant.Train(new GanTask(model, language.Train, language.Validation, turns), duel, "adversarial");
            EvaluateLm(variant, language, model);
        });
        study.Variant(language.Variant(Vae), variant =>
        {
            var model = variant.Build(() => vae.Build(language.Vocabulary));
            variant.Train(new VaeTask(model, language.Train, language.Validation, objective), training);
            variant.Record(ownNll, ImportanceWeightedNll.Estimate(model, language.Test, iwSamples, variant.Seed));
            Evaluate(variant, language, options => model.Generate(samples, options, variant.Seed));
        });
    }

    return study
        .Report(report => report
            .Section("Real or varied", "A lower temperature makes texts more real and less varied, so two models are compared along a "
                + "whole curve (Caccia et al. 2020): to the left is more real, below covers more. The lower curve is better.")
            .Figure("temperatures", Figure.Grid(2, Panel(report.Results, known), Panel(report.Results, text).LogX()).Height(440),
                "Each point is a temperature, written at that of maximum likelihood. Oracle NLL: nats per sentence under the true source.")
            .Figure("samples", report.Curves(RecordedQuality.Samples, "reverse PPL", "texts", markers: true).LogX().LogY(),
                "Few texts cover little of a language, real ones as well: what counts is the distance to as many real sentences.")
            .Section("What the game costs", "The likelihood that the generator gives to sentences it has not seen, while it learns to "
                + "please the discriminator.")
            .Figure("own-nll",
                report.Curves("adversarial: validation loss", "own NLL, nats per sentence", "adversarial epoch", markers: true).YFromZero(),
                "On the validation sentences. The weights kept are those with the lowest sum of forward and reverse cross-entropy.")
            .Section("What they generate").Texts())
        .Headline("Text GAN against VAE", "002", study => "forward / reverse PPL " + string.Join(", ", new[] { Gan, Vae, Mle, Real }
            .Select(name => $"{study[text.Variant(name)][forward]:0}/{study[text.Variant(name)][reverse]:0} ({name})")))
        // Of the oracle that depends on the seed: where maximum likelihood is almost right already, nothing is left to gain.
        .Expect("adversarial training makes texts more real: forward PPL falls by a tenth", study =>
            study.Less(forward, text.Variant(Gan), text.Variant(Mle), margin: 0.1 * study[text.Variant(Mle)][forward]))
        .Expect("it makes them more alike: self-BLEU rises", study => Less(study, RecordedQuality.SelfBleu, Mle, Gan, _ => 1))
        .Expect("it forgets what texts there are: own NLL rises by half a nat", study => Less(study, ownNll, Mle, Gan, _ => 0.5))
        .Expect("the GAN covers less than the VAE: its reverse PPL is higher", study =>
            Less(study, reverse, Vae, Gan, higher => 0.02 * higher[reverse]))
        .Expect("maximum likelihood at the temperature where it is as real covers more than the GAN", study =>
            Both(CoversLess(study, known), CoversLess(study, text)));
});
