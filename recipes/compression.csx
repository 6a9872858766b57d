#!/usr/bin/env dotnet-script
// How small can a trained LSTM language model be made? In bfloat16, in int8, and by magnitude pruning with fine-tuning. Sizes are those of
// files; every number is measured on the model that is read back from its file.
//
//   textvae run recipes/compression.csx
//   textvae run recipes/compression.csx -p data=my-text.txt
#load "prelude.csx"

return Recipe.Run(Args, "compression", "A language model in fewer bytes", recipe =>
{
    var config = recipe.Configure(new RecurrentLmConfig { EmbeddingSize = 160, HiddenSize = 160, Dropout = 0.4, TieOutput = true },
        smoke: config => config with { EmbeddingSize = 24, HiddenSize = 24 },
        full: config => config with { EmbeddingSize = 512, HiddenSize = 512 });
    // Half the precision in training too, where the processor has it.
    var half = TensorEngine.FastestPrecision;
    var training = recipe.Configure(new TrainingOptions { Epochs = 5, LearningRate = 3e-3, Precision = half },
        smoke: options => options with { Epochs = 1 }, full: options => options with { Epochs = 30 });
    var tuning = recipe.Configure(training with { Epochs = 2, LearningRate = 2e-3 }, prefix: "fine-tuning",
        smoke: options => options with { Epochs = 1 }, full: options => options with { Epochs = 5 });
    var curveSentences = recipe.Parameter("curve-sentences", standard: 300, smoke: 20);
    var (rounds, tokens) = (recipe.Parameter("rounds", standard: 5, smoke: 1), recipe.Parameter("tokens", standard: 100, smoke: 10));
    var data = recipe.Data("austen", new TextOptions { MaxTokens = 16, MaxVocabulary = 4000, MaxTrainSentences = 6000 },
        smoke: options => options with { MaxVocabulary = 500, MaxTrainSentences = 200 },
        full: options => options with { MaxTokens = 40, MaxVocabulary = 20_000, MaxTrainSentences = 0 });
    var vocabulary = data.Tokenizer.Vocabulary.Count;

    const string Float32 = "float32", BFloat16 = "bfloat16", Int8 = "int8", Row80Int8 = "80 % per row, int8";
    const string Untuned = "80 % per row, as it is", Row50 = "50 % per row", Row80 = "80 % per row", Row90 = "90 % per row";
    const string All50 = "50 % globally", All80 = "80 % globally", Layer50 = "50 % per layer", Layer80 = "80 % per layer";
    var (nll, ppl) = (Metric.Nll, Metric.Perplexity);
    var (sparsity, size) = (new Metric("sparsity", "0%"), new Metric("kB", "#,0", Best.Lowest));
    Metric[] speeds = [RecordedSpeed.Speed(1), RecordedSpeed.Factor(1), RecordedSpeed.Speed(32), RecordedSpeed.Factor(32)];
    double[] shares = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
    (PruningScope Scope, string Name)[] scopes =
        [(PruningScope.Global, "globally"), (PruningScope.PerLayer, "per layer"), (PruningScope.PerRow, "per row")];

    RecurrentLm Build() => config.Build(vocabulary);
    void Evaluate(Variant variant, (LanguageModel Model, long Bytes) stored, Precision precision = Precision.Float32)
    {
        using var mode = stored.Model.Use(precision);
        variant.Record(Likelihood.Evaluate(stored.Model, data.Test));
        variant.Record(size, stored.Bytes / 1000.0);
        var reference = variant.Load(Float32, Build);
        Array.ForEach([1, 32], texts => variant.RecordSpeed(stored.Model, precision, reference, texts, tokens, rounds));
    }

    Action<Variant> Prune(string from, double share, PruningScope scope) =>
        variant => Tune(variant, variant.Load(from, Build), share, scope);
    void Tune(Variant variant, RecurrentLm model, double share, PruningScope scope)
    {
        using var pruning = MagnitudePruning.Prune(model, share, scope);
        variant.Train(new PrunedTask(new LanguageModelTask(model, data), pruning), tuning);
        variant.Record(sparsity, pruning.Sparsity);
        Evaluate(variant, variant.SaveAndLoad(model, Build));
    }

    Action<Variant> Quantize(string from) => variant => Evaluate(variant, variant.SaveAndLoad(
        variant.Build(() => Int8LstmLm.Quantize(variant.Load(from, Build))), () => new Int8LstmLm(config, vocabulary)));
    void RecordSparsity(Variant variant, RecurrentLm model, PruningScope scope, string name) => variant.Record(name, shares,
        SparsityCurve.Evaluate(model, shares, scope, data.Validation.EvenlySpaced(curveSentences),
            done => variant.Progress($"pruned {name}", done, shares.Length)));
    Check Near(StudyResults study, string name, double share, double tolerance) => (
        study[name][size] < share * study[Float32][size] && Math.Abs(study[name][nll] / study[Float32][nll] - 1) < tolerance,
        $"{study[name][size] / study[Float32][size]:0.0%} of the bytes, NLL {study[name][nll]:0.000} for {study[Float32][nll]:0.000}");
    Line Curve(StudyRow row, string name) => Line.Of(row.Curve(name).X, row.Curve(name).Y, name, markers: true);
    string Show(StudyRow row) => $"{row.Format(ppl)} in {row[size] / 1000:0.0}";

    return recipe.Study()
        .On(data)
        .About("One trained LSTM, stored and run in fewer bytes. NLL is nats per test sentence; × float32 is the speed of generating one "
            + "text beside the float32 model, measured in turn. Pruned models are stored as bits and non-zero values, and multiplied "
            + "densely, so they save bytes and not time.")
        .Columns([sparsity, size, nll, ppl, .. speeds])
        .Variant(Float32, variant => Evaluate(variant, variant.SaveAndLoad(variant.Train(config, data, training), Build)))
        .Variant(BFloat16, variant => Evaluate(variant, variant.SaveAndLoad(variant.Load(Float32, Build), Build, bfloat16: true), half))
        .Variant(Int8, Quantize(Float32))
        .Variant(Untuned, variant =>
        {
            var model = variant.Load(Float32, Build);
            foreach (var (scope, name) in scopes)
                RecordSparsity(variant, model, scope, name);
            using var pruning = MagnitudePruning.Prune(model, 0.8, PruningScope.PerRow);
            variant.Record(sparsity, pruning.Sparsity);
            Evaluate(variant, variant.SaveAndLoad(model, Build));
        })
        // Each goes on from the one before it, pruned further and trained again (Han et al. 2015).
        .Variant(Row50, Prune(Float32, 0.5, PruningScope.PerRow))
        .Variant(Row80, Prune(Row50, 0.8, PruningScope.PerRow))
        .Variant(Row90, Prune(Row80, 0.9, PruningScope.PerRow))
        .Variant(All50, Prune(Float32, 0.5, PruningScope.Global))
        .Variant(All80, Prune(All50, 0.8, PruningScope.Global))
        .Variant(Layer50, Prune(Float32, 0.5, PruningScope.PerLayer))
        .Variant(Layer80, Prune(Layer50, 0.8, PruningScope.PerLayer))
        .Variant(Row80Int8, Quantize(Row80))
        .Report(report => report
            .Section("Likelihood against size").Figure("size", Figure.Of(
                    report.Results.Labelled(size, nll, Float32, BFloat16, Int8, Untuned, Row80Int8),
                    report.Results.Joined(size, nll, "50, 80, 90 % pruned per row, trained again", Row50, Row80, Row90),
                    report.Results.Joined(size, nll, "50, 80 % pruned globally, trained again", All50, All80),
                    report.Results.Joined(size, nll, "50, 80 % pruned per layer, trained again", Layer50, Layer80))
                .X("size of the file (kB)").Y("NLL (nats per test sentence)").LogX().Height(460), "Down and to the left is better.")
            .Section("Sparsity", "What pruning alone does, by the share of weights set to zero: the smallest of all matrices together, of "
                + "each matrix, or of each row.")
            .Figure("sparsity", Figure.Of(scopes.Select(scope => Curve(report.Results[Untuned], scope.Name))).LogY()
                .X("share of weights pruned").Y("NLL (nats per validation sentence)"), "On validation sentences, not trained again."))
        .Headline("Compression: bfloat16, int8, pruning", "000, 002", study =>
            $"PPL {Show(study[Float32])} MB; bfloat16 {Show(study[BFloat16])}; int8 {Show(study[Int8])}, generating "
            + $"{study[Int8].Format(speeds[1])} times as fast; 80 % pruned {Show(study[Row80])}, in int8 too {Show(study[Row80Int8])}")
        .Expect("bfloat16 halves the file and changes the NLL by less than 0.2 %", study => Near(study, BFloat16, 0.51, 0.002))
        .Expect("int8 takes a quarter of the file and changes the NLL by less than 0.5 %", study => Near(study, Int8, 0.27, 0.005))
        .Expect("half the weights of each row can go at a cost of less than 2 % of the NLL", study => Near(study, Row50, 0.55, 0.02))
        .Expect("training again wins back at least three quarters of what pruning 80 % lost", study => (
            study[Row80][nll] - study[Float32][nll] < 0.25 * (study[Untuned][nll] - study[Float32][nll]),
            $"{study[Float32].Format(nll)}, pruned {study[Untuned].Format(nll)}, trained again {study[Row80].Format(nll)}"))
        .Expect("at 80 % it is better to prune each row alike than each matrix, or the smallest of all", study => (
            study[Row80][nll] < Math.Min(study[Layer80][nll], study[All80][nll]) - 1,
            $"{study[Row80].Format(nll)}, per layer {study[Layer80].Format(nll)}, globally {study[All80].Format(nll)}"))
        .Expect("80 % pruned and in int8 take less than a tenth of the file and cost less than 10 % of the NLL", study =>
            Near(study, Row80Int8, 0.1, 0.1));
});
