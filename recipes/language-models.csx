#!/usr/bin/env dotnet-script
// Language models side by side on the same sentences and words, from counts to networks: a modified Kneser–Ney 5-gram, an LSTM, a GRU,
// a Transformer, and a VAE by its importance-weighted likelihood. Perplexity is a word, </s> included, over equal tokens.
//
//   textvae run recipes/language-models.csx
//   textvae run recipes/language-models.csx -p data=my-text.txt
#load "prelude.csx"

return Recipe.Run(Args, "language-models", "From n-grams to Transformers", recipe =>
{
    var width = recipe.Parameter("width", standard: 160, smoke: 32, full: 512);
    var dropout = recipe.Parameter("dropout", standard: 0.3);
    var training = new TrainingOptions
    {
        Epochs = recipe.Parameter("epochs", standard: 4, smoke: 1, full: 30),
        BatchSize = recipe.Parameter("batch-size", standard: 64, full: 32),
        LearningRate = recipe.Parameter("learning-rate", standard: 5e-3, full: 1e-3),
        Precision = TensorEngine.FastestPrecision,
    };

    var layers = recipe.Parameter("layers", standard: 2, full: 6);
    var heads = recipe.Parameter("heads", standard: 4, full: 8);
    var transformerDropout = recipe.Parameter("transformer-dropout", standard: 0.1);
    var transformerRate = recipe.Parameter("transformer-learning-rate", standard: 2e-3, full: 3e-4);
    var latent = recipe.Parameter("latent", standard: 32);
    var beta = recipe.Parameter("beta", standard: 0.25);
    var iwSamples = recipe.Parameter("iw-samples", standard: 100, smoke: 5, full: 500);
    var iwSentences = recipe.Parameter("iw-sentences", standard: 0, smoke: 20);
    var seeds = recipe.Parameter("seeds", standard: 1, full: 3);
    var data = recipe.Data("austen", new TextOptions
    {
        MaxTokens = recipe.Parameter("max-tokens", standard: 20, full: 40),
        MaxVocabulary = recipe.Parameter("vocabulary", standard: 4000, smoke: 1000, full: 20_000),
        MaxTrainSentences = recipe.Parameter("sentences", standard: 0, smoke: 400),
        Test = recipe.Parameter("test", standard: 0.03, full: 0.05),
    });
    var vocabulary = data.Tokenizer.Vocabulary.Count;
    const string Vae = "LSTM VAE";
    void Trained(Variant member, LanguageModelConfig config, TrainingOptions options)
    {
        var model = member.Build(() => config.Build(vocabulary));
        member.Train(new LanguageModelTask(model, data), options);
        var test = Likelihood.Evaluate(model, data.Test);
        member.Record("NLL", test.Nll);
        member.Record("PPL", test.Perplexity);
        member.Record("parameters (millions)", model.parameters().Sum(parameter => parameter.numel()) / 1e6);
        var texts = model.Generate(8, GenerationOptions.Sample(new TopP(0.9)), member.Seed);
        member.Record("Samples, top-p 0.9", ["text"], texts.Select(ids => new[] { data.Tokenizer.Decode(ids) }));
    }

    return recipe.Study()
        .On(data)
        .About("Five models of Jane Austen's sentences. The n-gram counts; the networks share what they learn about a word between all its contexts.")
        .Column("PPL", "0.0", Best.Lowest)
        .Column("NLL", best: Best.Lowest)
        .Column("parameters (millions)")
        .Seeds(seeds)
        .Variant("Kneser–Ney 5-gram", member =>
        {
            var model = NGramModel.Train(data.Train, vocabulary, order: 5);
            member.Record("PPL", model.Perplexity(data.Test));
            member.Record("NLL", data.Test.Average(sentence => model.SentenceNll(sentence)));
            member.Record("parameters (millions)", Enumerable.Range(1, model.Order).Sum(model.Count) / 1e6);
            var random = new StableRandom(member.Seed);
            member.Record("Samples", ["text"], Enumerable.Range(0, 8).Select(_ => new[] { data.Tokenizer.Decode(model.Sample(random)) }));
        })
        .Variant("LSTM", member => Trained(
            member, new RecurrentLmConfig { EmbeddingSize = width, HiddenSize = width, Dropout = dropout, TieOutput = true }, training))
        .Variant("GRU", member => Trained(
            member, new RecurrentLmConfig { Cell = RecurrentCell.Gru, EmbeddingSize = width, HiddenSize = width, Dropout = dropout, TieOutput = true }, training))
        .Variant("Transformer", member => Trained(
            member,
            new TransformerLmConfig
            {
                Shape = new TransformerShape
                {
                    Width = width,
                    Layers = layers,
                    Heads = heads,
                    Dropout = transformerDropout,
                },
            },
            training with { LearningRate = transformerRate, WarmupSteps = 200 }))
        .Variant(Vae, member =>
        {
            var config = new LstmVaeConfig
            {
                EmbeddingSize = width, HiddenSize = width, Dropout = dropout, TieOutput = true, LatentSize = latent,
            };
            var objective = new ElboObjective { KlWeight = KlSchedule.Constant(beta) };
            var model = member.Build(() => config.Build(vocabulary));
            var trained = member.Train(new VaeTask(model, data, objective), training);
            var final = member.Evaluate(model, data.Test, new EvaluationOptions { IwSamples = iwSamples, IwSentences = iwSentences });
            member.Record("NLL", final.IwNll);
            member.Record("PPL", final.IwPerplexity);
            member.Record("parameters (millions)", final.Parameters / 1e6);
        })
        .Report(report => report
            .Section("Perplexity")
            .Figure("perplexity", Figure.Of(Bar.Of(report.Results.Rows.Select(row => row.Name), report.Results.Rows.Select(row => row["PPL"]))).Y("perplexity a word").YFromZero().Height(320),
                "On the test sentences, from whole documents that no model has seen.")
            .Section("Training")
            .Figure("validation", Figure.Of(report.Series("validation loss").Select(curve => Line.Of(curve.Series.X, curve.Series.Y, curve.Variant, markers: true))).X("epoch").Y("nats a sentence"),
                "The loss on the validation sentences after each epoch; of the VAE, −ELBO.")
            .Section("What they write").Texts())
        .Headline("n-gram language model", "000, 004", study => FormattableString.Invariant($"PPL {study["Kneser–Ney 5-gram"]["PPL"]:0.0}"))
        .Headline("Recurrent language model", "000, 004", study => FormattableString.Invariant($"PPL {study["LSTM"]["PPL"]:0.0} (LSTM), {study["GRU"]["PPL"]:0.0} (GRU)"))
        .Headline("Transformer language model", "001, 004", study => FormattableString.Invariant($"PPL {study["Transformer"]["PPL"]:0.0}"))
        .Expect("the LSTM has a lower perplexity than the 5-gram", study => study.Less("PPL", "LSTM", "Kneser–Ney 5-gram"))
        .Expect("the GRU has a lower perplexity than the 5-gram", study => study.Less("PPL", "GRU", "Kneser–Ney 5-gram"))
        .Expect("the Transformer has a lower perplexity than the 5-gram", study => study.Less("PPL", "Transformer", "Kneser–Ney 5-gram"))
        .Expect("the VAE's importance-weighted perplexity is below the 5-gram's", study => study.Less("PPL", Vae, "Kneser–Ney 5-gram"));
});
