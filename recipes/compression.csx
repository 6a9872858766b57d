#!/usr/bin/env dotnet-script
// A trained LSTM language model made smaller: bfloat16, int8, and magnitude pruning with fine-tuning. Sizes are those of files; every
// number is measured on the model that is read back from its file.
//
//   textvae run recipes/compression.csx
//   textvae run recipes/compression.csx -p data=my-text.txt
#load "prelude.csx"

return Recipe.Run(Args, "compression", "A language model in fewer bytes", recipe =>
{
    var width = recipe.Parameter("width", standard: 160, smoke: 24, full: 512);
    var config = new RecurrentLmConfig { EmbeddingSize = width, HiddenSize = width, Dropout = recipe.Parameter("dropout", standard: 0.4), TieOutput = true };
    // Half the precision in training too, where the processor has it.
    var half = TensorEngine.FastestPrecision;
    var training = new TrainingOptions
    {
        Epochs = recipe.Parameter("epochs", standard: 5, smoke: 1, full: 30),
        LearningRate = recipe.Parameter("learning-rate", standard: 3e-3),
        Precision = half,
    };
    var tuning = training with { Epochs = recipe.Parameter("fine-tuning-epochs", standard: 2, smoke: 1, full: 5), LearningRate = recipe.Parameter("fine-tuning-rate", standard: 2e-3) };
    var curveSentences = recipe.Parameter("curve-sentences", standard: 300, smoke: 20);
    var rounds = recipe.Parameter("rounds", standard: 5, smoke: 1);
    var tokens = recipe.Parameter("tokens", standard: 100, smoke: 10);

    var data = recipe.Data("austen", new TextOptions
    {
        MaxTokens = recipe.Parameter("max-tokens", standard: 16, full: 40),
        MaxVocabulary = recipe.Parameter("vocabulary", standard: 4000, smoke: 500, full: 20_000),
        MaxTrainSentences = recipe.Parameter("sentences", standard: 6000, smoke: 200, full: 0),
    });
    var vocabulary = data.Tokenizer.Vocabulary.Count;
    string File(Variant member, string of) => Path.Combine(Path.GetDirectoryName(member.Folder)!, of, "weights.safetensors");
    T Read<T>(string path, T model)
        where T : LanguageModel
    {
        WeightFile.Read(path, model);
        return model;
    }

    // Tokens a second of one text, or of 32 side by side: the likeliest next token each time, without end.
    double Speed(LanguageModel model, Precision precision, int texts)
    {
        using var mode = model.Use(precision);
        using var _ = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var run = model.StartSession(model.StartDecoding(texts));
        var next = torch.full([texts], Vocabulary.BosId, dtype: torch.ScalarType.Int64);
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        for (var step = 0; step < tokens; step++)
            next = run.Next(next).argmax(1);
        return texts * tokens / System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    // The float32 model is read from its file too and writes in turn with the other, so that both see the same machine.
    void Measure(Variant member, LanguageModel model, long bytes, Precision precision = Precision.Float32)
    {
        Likelihood test;
        using (model.Use(precision))
            test = Likelihood.Evaluate(model, data.Test);
        member.Record("NLL", test.Nll);
        member.Record("PPL", test.Perplexity);
        member.Record("kB", bytes / 1000.0);
        using var reference = Read(File(member, "float32"), config.Build(vocabulary));
        foreach (var (texts, column) in new[] { (1, "tok/s, 1 text"), (32, "tok/s, 32 texts") })
        {
            var (own, float32) = (new double[rounds], new double[rounds]);
            for (var round = -1; round < rounds; round++)
            {
                member.Progress("decoding speed, round", round + 1, rounds + 1);
                var (first, second) = (Speed(reference, Precision.Float32, texts), Speed(model, precision, texts));
                // The first round warms up.
                if (round >= 0)
                    (float32[round], own[round]) = (first, second);
            }

            double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
            member.Record(column, Median(own));
            member.Record(texts == 1 ? "× float32" : "× float32, 32", Median([.. own.Zip(float32, (a, b) => a / b)]));
        }
    }

    void Prune(Variant member, string from, double sparsity, PruningScope scope, bool tune = true)
    {
        using var model = Read(File(member, from), member.Build(() => config.Build(vocabulary)));
        using var pruning = MagnitudePruning.Prune(model, sparsity, scope);
        if (tune)
            member.Train(new PrunedTask(new LanguageModelTask(model, data), pruning), tuning);
        var bytes = WeightFile.Write(File(member, Path.GetFileName(member.Folder)), model);
        using var read = Read(File(member, Path.GetFileName(member.Folder)), config.Build(vocabulary));
        member.Record("sparsity", pruning.Sparsity);
        Measure(member, read, bytes);
    }

    void Quantize(Variant member, string from)
    {
        using var model = Read(File(member, from), config.Build(vocabulary));
        using var quantized = Int8LstmLm.Quantize(model);
        var bytes = WeightFile.Write(File(member, Path.GetFileName(member.Folder)), quantized);
        using var read = Read(File(member, Path.GetFileName(member.Folder)), new Int8LstmLm(config, vocabulary));
        Measure(member, read, bytes);
    }

    return recipe.Study()
        .On(data)
        .About("One trained LSTM, stored and run in fewer bytes. NLL is nats a test sentence; × float32 is the speed of writing one text beside the float32 model, measured in turn. Pruned models are stored as bits and non-zero values, and multiplied densely, so they save bytes and not time.")
        .Column("sparsity", "0%").Column("kB", "#,0", Best.Lowest).Column("NLL", best: Best.Lowest).Column("PPL", "0.0", Best.Lowest)
        .Column("tok/s, 1 text", "#,0").Column("× float32", "0.0").Column("tok/s, 32 texts", "#,0").Column("× float32, 32", "0.0")
        .Variant("float32", member =>
        {
            var model = member.Build(() => config.Build(vocabulary));
            member.Train(new LanguageModelTask(model, data), training);
            Measure(member, model, WeightFile.Write(File(member, "float32"), model));
        })
        .Variant("bfloat16", member =>
        {
            using var model = Read(File(member, "float32"), config.Build(vocabulary));
            var bytes = WeightFile.Write(File(member, "bfloat16"), model, bfloat16: true);
            Measure(member, Read(File(member, "bfloat16"), model), bytes, half);
        })
        .Variant("int8", member => Quantize(member, "float32"))
        .Variant("80 % per row, as it is", member =>
        {
            var some = data.Validation.EvenlySpaced(curveSentences);
            double[] shares = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
            foreach (var (scope, name) in new[] { (PruningScope.Global, "globally"), (PruningScope.PerLayer, "per layer"), (PruningScope.PerRow, "per row") })
            {
                member.Record(name, shares, shares.Select((share, i) =>
                {
                    member.Progress($"pruned {name}", i, shares.Length);
                    using var model = Read(File(member, "float32"), config.Build(vocabulary));
                    using var pruning = MagnitudePruning.Prune(model, share, scope);
                    return Likelihood.Evaluate(model, some).Nll;
                }));
            }

            Prune(member, "float32", 0.8, PruningScope.PerRow, tune: false);
        })
        // Each goes on from the one before it, pruned further and trained again (Han et al. 2015).
        .Variant("50 % per row", member => Prune(member, "float32", 0.5, PruningScope.PerRow))
        .Variant("80 % per row", member => Prune(member, "50 % per row", 0.8, PruningScope.PerRow))
        .Variant("90 % per row", member => Prune(member, "80 % per row", 0.9, PruningScope.PerRow))
        .Variant("50 % globally", member => Prune(member, "float32", 0.5, PruningScope.Global))
        .Variant("80 % globally", member => Prune(member, "50 % globally", 0.8, PruningScope.Global))
        .Variant("50 % per layer", member => Prune(member, "float32", 0.5, PruningScope.PerLayer))
        .Variant("80 % per layer", member => Prune(member, "50 % per layer", 0.8, PruningScope.PerLayer))
        .Variant("80 % per row, int8", member => Quantize(member, "80 % per row"))
        .Report(report =>
        {
            double[] Of(string column, params string[] names) => [.. names.Select(name => report.Results[name][column])];
            Line Pruned(string how, params string[] shares) =>
                Line.Of(Of("kB", [.. shares.Select(share => $"{share} % {how}")]), Of("NLL", [.. shares.Select(share => $"{share} % {how}")]), $"{string.Join(", ", shares)} % pruned {how}, trained again", markers: true);
            string[] named = ["float32", "bfloat16", "int8", "80 % per row, as it is", "80 % per row, int8"];
            report.Section("Likelihood against size")
                .Figure("size", Figure.Of(
                    Scatter.Of(Of("kB", named), Of("NLL", named), labels: named),
                    Pruned("per row", "50", "80", "90"), Pruned("globally", "50", "80"), Pruned("per layer", "50", "80")).X("size of the file (kB)").Y("NLL (nats a test sentence)").LogX().Height(460), "Down and to the left is better.")
                .Section("Sparsity", "What pruning alone does, by the share of weights set to zero: the smallest of all matrices together, of each matrix, or of each row.")
                .Figure("sparsity", Figure.Of(
                    new[] { "globally", "per layer", "per row" }.SelectMany(name => report.Series(name).Select(curve => Line.Of(curve.Series.X, curve.Series.Y, name, markers: true)))).X("share of weights pruned").Y("NLL (nats a validation sentence)").LogY(), "On validation sentences, without training again.");
        })
        .Headline("Compression: bfloat16, int8, pruning", "000, 002", study => FormattableString.Invariant(
            $"PPL {study["float32"]["PPL"]:0.0} in {study["float32"]["kB"] / 1000:0.0} MB; bfloat16 {study["bfloat16"]["PPL"]:0.0} in {study["bfloat16"]["kB"] / 1000:0.0}; int8 {study["int8"]["PPL"]:0.0} in {study["int8"]["kB"] / 1000:0.0}, writing {study["int8"]["× float32"]:0.0} times as fast; 80 % pruned {study["80 % per row"]["PPL"]:0.0} in {study["80 % per row"]["kB"] / 1000:0.0}, in int8 too {study["80 % per row, int8"]["PPL"]:0.0} in {study["80 % per row, int8"]["kB"] / 1000:0.0}"))
        .Expect("bfloat16 halves the file and changes the NLL by less than 0.2 %", study => Near("bfloat16", 0.51, 0.002, study))
        .Expect("int8 takes a quarter of the file and changes the NLL by less than 0.5 %", study => Near("int8", 0.27, 0.005, study))
        .Expect("half the weights of each row can go at a cost of less than 2 % of the NLL", study => Near("50 % per row", 0.55, 0.02, study))
        .Expect("training again wins back at least three quarters of what pruning 80 % lost", study => (
            study["80 % per row"]["NLL"] - study["float32"]["NLL"] < 0.25 * (study["80 % per row, as it is"]["NLL"] - study["float32"]["NLL"]),
            FormattableString.Invariant($"{study["float32"]["NLL"]:0.00}, pruned {study["80 % per row, as it is"]["NLL"]:0.00}, trained again {study["80 % per row"]["NLL"]:0.00}")))
        .Expect("at 80 % it is better to prune each row alike than each matrix, or the smallest of all", study => (
            study["80 % per row"]["NLL"] < Math.Min(study["80 % per layer"]["NLL"], study["80 % globally"]["NLL"]) - 1,
            FormattableString.Invariant($"{study["80 % per row"]["NLL"]:0.00}, per layer {study["80 % per layer"]["NLL"]:0.00}, globally {study["80 % globally"]["NLL"]:0.00}")))
        .Expect("80 % pruned and in int8 take less than a tenth of the file and cost less than 10 % of the NLL", study => Near("80 % per row, int8", 0.1, 0.1, study));

    static Check Near(string member, double share, double tolerance, StudyResults study)
    {
        var (row, full) = (study[member], study["float32"]);
        return (row["kB"] < share * full["kB"] && Math.Abs(row["NLL"] / full["NLL"] - 1) < tolerance,
            FormattableString.Invariant($"{row["kB"] / full["kB"]:0.0%} of the bytes, NLL {row["NLL"]:0.000} for {full["NLL"]:0.000}"));
    }
});
