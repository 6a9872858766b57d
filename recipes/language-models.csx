#!/usr/bin/env dotnet-script
// How far do language models get with the same sentences and words, from counts to networks? A modified Kneser–Ney 5-gram, an LSTM, a
// GRU, a Transformer, and a VAE by its importance-weighted likelihood. The perplexity is per word, </s> included, over equal tokens.
//
//   textvae run recipes/language-models.csx
//   textvae run recipes/language-models.csx -p data=my-text.txt
#load "prelude.csx"

return Recipe.Run(Args, "language-models", "From n-grams to Transformers", recipe =>
{
    var training = recipe.Configure(
        new TrainingOptions { Epochs = 4, BatchSize = 64, LearningRate = 5e-3, Precision = TensorEngine.FastestPrecision },
        smoke: options => options with { Epochs = 1 },
        full: options => options with { Epochs = 30, BatchSize = 32, LearningRate = 1e-3 });
    var recurrent = recipe.Configure(
        new RecurrentLmConfig { EmbeddingSize = 160, HiddenSize = 160, Dropout = 0.3, TieOutput = true },
        smoke: config => config with { EmbeddingSize = 32, HiddenSize = 32 },
        full: config => config with { EmbeddingSize = 512, HiddenSize = 512 });
    var latent = recipe.Configure(
        new LstmVaeConfig { EmbeddingSize = 160, HiddenSize = 160, Dropout = 0.3, TieOutput = true, LatentSize = 32 },
        smoke: config => config with { EmbeddingSize = 32, HiddenSize = 32 },
        full: config => config with { EmbeddingSize = 512, HiddenSize = 512 });
    var transformer = recipe.Configure(
        new TransformerLmConfig { Shape = new TransformerShape { Width = 160, Layers = 2, Heads = 4, Dropout = 0.1 } },
        smoke: config => config with { Shape = config.Shape with { Width = 32 } },
        full: config => config with { Shape = config.Shape with { Width = 512, Layers = 6, Heads = 8 } },
        prefix: "transformer");
    var transformerTraining = recipe.Configure(
        training with { LearningRate = 2e-3, WarmupSteps = 200 },
        full: options => options with { LearningRate = 3e-4 },
        prefix: "transformer");
    var objective = new ElboObjective { KlWeight = KlSchedule.Constant(recipe.Parameter("beta", standard: 0.25)) };
    var evaluation = recipe.Configure(
        new EvaluationOptions { IwSamples = 100 },
        smoke: options => options with { IwSamples = 5, IwSentences = 20 },
        full: options => options with { IwSamples = 500 });
    var seeds = recipe.Parameter("seeds", standard: 1, full: 3);
    var data = recipe.Data(
        "austen",
        new TextOptions { MaxTokens = 20, MaxVocabulary = 4000, Test = 0.03 },
        smoke: options => options with { MaxVocabulary = 1000, MaxTrainSentences = 400 },
        full: options => options with { MaxTokens = 40, MaxVocabulary = 20_000, Test = 0.05 });

    const string FiveGram = "Kneser–Ney 5-gram", Lstm = "LSTM", Gru = "GRU", Transformer = "Transformer", Vae = "LSTM VAE";
    var size = new Metric("parameters (millions)");
    var decoding = GenerationOptions.Sample(new TopP(0.9));

    void Train(Variant variant, LanguageModelConfig config, TrainingOptions options)
    {
        var model = variant.Train(config, data, options);
        variant.Record(Likelihood.Evaluate(model, data.Test));
        variant.Record(size, model.parameters().Sum(parameter => parameter.numel()) / 1e6);
        var texts = model.Generate(8, decoding, variant.Seed).Select(ids => new[] { data.Tokenizer.Decode(ids) });
        variant.Record("Samples, top-p 0.9", ["text"], texts);
    }

    return recipe.Study()
        .On(data)
        .About("Five models of Jane Austen's sentences. The n-gram model counts; the networks share what they learn about a word between "
            + "all its contexts. **PPL** is the perplexity per word, **NLL** is −log p(x) in nats per sentence; both are "
            + "importance-weighted estimates for the VAE. The parameters of the n-gram model are the n-grams it has seen.")
        .Columns(Metric.Perplexity, Metric.Nll, size)
        .Seeds(seeds)
        .Variant(FiveGram, variant =>
        {
            var model = NGramModel.Train(data.Train, data.Tokenizer.Vocabulary.Count, order: 5);
            variant.Record(Likelihood.Evaluate(model, data.Test));
            variant.Record(size, Enumerable.Range(1, model.Order).Sum(model.Count) / 1e6);
            var random = new StableRandom(variant.Seed);
            var texts = Enumerable.Range(0, 8).Select(_ => new[] { data.Tokenizer.Decode(model.Sample(random)) });
            variant.Record("Samples", ["text"], texts);
        })
        .Variant(Lstm, variant => Train(variant, recurrent, training))
        .Variant(Gru, variant => Train(variant, recurrent with { Cell = RecurrentCell.Gru }, training))
        .Variant(Transformer, variant => Train(variant, transformer, transformerTraining))
        .Variant(Vae, variant =>
        {
            var model = variant.Train(latent, data, objective, training);
            var final = variant.Evaluate(model, data.Test, evaluation);
            variant.Record((Metric.Nll, final.IwNll), (Metric.Perplexity, final.IwPerplexity), (size, final.Parameters / 1e6));
            variant.Record(Metric.Nll.StandardError, final.IwStandardError ?? 0);
            variant.Record(Metric.Nll.EffectiveSamples, final.IwEffectiveSamples ?? 0);
        })
        .Report(report => report
            .Section("Perplexity")
            .Figure("perplexity", report.Bars(Metric.Perplexity, "perplexity per word"),
                "On the test sentences, which come from whole documents that no model has seen.")
            .Section("Training")
            .Figure("validation", report.Curves("validation loss", y: "nats per sentence", markers: true),
                "The loss on the validation sentences after each epoch; for the VAE it is −ELBO.")
            .Section("What they generate").Texts())
        .Headline("n-gram language model", "000, 004", study => $"PPL {study[FiveGram].Format(Metric.Perplexity)}")
        .Headline("Recurrent language model", "000, 004", study =>
            $"PPL {study[Lstm].Format(Metric.Perplexity)} (LSTM), {study[Gru].Format(Metric.Perplexity)} (GRU)")
        .Headline("Transformer language model", "001, 004", study => $"PPL {study[Transformer].Format(Metric.Perplexity)}")
        .Expect("the LSTM has a lower perplexity than the 5-gram", study => study.Less(Metric.Perplexity, Lstm, FiveGram))
        .Expect("the GRU has a lower perplexity than the 5-gram", study => study.Less(Metric.Perplexity, Gru, FiveGram))
        .Expect("the Transformer has a lower perplexity than the 5-gram", study =>
            study.Less(Metric.Perplexity, Transformer, FiveGram))
        .Expect("the VAE's importance-weighted perplexity is below the 5-gram's", study => study.Less(Metric.Perplexity, Vae, FiveGram));
});
