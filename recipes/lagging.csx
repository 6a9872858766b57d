#!/usr/bin/env dotnet-script
// Collapse as a lag of the encoder (He et al. 2019, section 3): the means of a model's own posterior p(z|x) and of its encoder's q(z|x),
// sentence by sentence, while a VAE with a one-dimensional code trains as usual, with an encoder that is updated until it has caught up,
// and with one that learns faster by itself. On the diagonal the encoder is right; on a horizontal line it has not followed. And a limit
// of the cure: a decoder that sees every word learns to read the code off the words before, and gives up what it was made to use.
//
//   textvae run recipes/lagging.csx
#load "prelude.csx"
using static TorchSharp.torch;

return Recipe.Run(Args, "lagging", "Collapse as a lag of the encoder", recipe =>
{
    var sentences = recipe.Parameter("sentences", standard: 8000, smoke: 96, full: 16_000);
    var words = recipe.Parameter("words", standard: 100, smoke: 20, full: 1000);
    var length = recipe.Parameter("length", standard: 12, smoke: 4, full: 10);
    var contrast = recipe.Parameter("contrast", standard: 0.8);
    var held = recipe.Parameter("held-out", standard: 1000, smoke: 32, full: 2000);
    var shown = recipe.Parameter("shown", standard: 240, smoke: 16, full: 500);
    var points = recipe.Parameter("grid", standard: 81, smoke: 11);
    var width = recipe.Parameter("width", standard: 50, smoke: 8);
    var config = new LstmVaeConfig
    {
        EmbeddingSize = width,
        HiddenSize = width,
        LatentSize = 1,
        Dropout = recipe.Parameter("dropout", standard: 0.5),
        WordDropout = recipe.Parameter("word-dropout", standard: 0.8),
        Pooling = Pooling.Mean,
    };
    var epochs = recipe.Parameter("epochs", standard: 8, smoke: 1, full: 50);
    var training = new TrainingOptions
    {
        Epochs = epochs,
        BatchSize = recipe.Parameter("batch-size", standard: 32, full: 16),
        Optimizer = OptimizerKind.Sgd,
        LearningRate = recipe.Parameter("learning-rate", standard: 0.5),
        EarlyStoppingPatience = epochs,
    };
    var aggressive = new AggressiveTraining
    {
        MaxSteps = recipe.Parameter("aggressive-steps", standard: 40, smoke: 4, full: 100),
        CheckEvery = recipe.Parameter("aggressive-check", standard: 10, smoke: 2, full: 15),
    };

    // The codes that sentences are written from lie in four clusters about (±2, ±2), as in the paper.
    static (int X, int Y) Centre(int i) => (i % 2 == 0 ? 2 : -2, i / 2 % 2 == 0 ? 2 : -2);
    static Tensor Codes(ulong seed, int count) =>
        tensor(Enumerable.Range(0, count).SelectMany(i => new[] { (float)Centre(i).X, Centre(i).Y }).ToArray()).view(count, 2) + StandardNormal.Sample(count, 2, seed);
    LstmOracle Oracle(ulong seed) => new(seed, words, length, contrast: contrast);
    EncodedSentences Test(LstmOracle oracle, ulong seed, int count) => oracle.Sample(Codes(seed + 5, count), seed + 6);
    static TextBatch Whole(EncodedSentences set) => set.ToBatch();
    static double[] Numbers(Tensor values) => [.. values.data<float>().ToArray().Select(value => (double)value)];
    static double Spread(double[] values) => Math.Sqrt(values.Average(value => value * value) - values.Average() * values.Average());
    static double Correlation(double[] a, double[] b) =>
        (a.Zip(b, (x, y) => x * y).Average() - a.Average() * b.Average()) / (Spread(a) * Spread(b));

    void Source(Variant member)
    {
        using var _ = no_grad();
        var oracle = Oracle(member.Seed);
        var test = Whole(Test(oracle, member.Seed, shown)).Targets;
        // p(x) as the mean of p(x|z) over codes drawn from the clusters.
        const int drawn = 2000;
        var nll = Math.Log(drawn) - oracle.LogLikelihood(test, Codes(member.Seed + 7, drawn)).logsumexp(1).mean().item<double>();
        var codes = Codes(member.Seed + 5, shown);
        var known = Enumerable.Range(0, shown).Average(i => oracle.LogLikelihood(test[i].unsqueeze(0), codes[i].unsqueeze(0)).item<double>());
        member.Record("NLL", nll);
        member.Record("MI", known + nll);
    }

    void Train(Variant member, AggressiveTraining? catchUp = null, double? embeddings = null, bool seesAll = false)
    {
        var oracle = Oracle(member.Seed);
        var train = oracle.Sample(Codes(member.Seed + 1, sentences), member.Seed + 2);
        var validation = oracle.Sample(Codes(member.Seed + 3, held), member.Seed + 4);
        var test = Test(oracle, member.Seed, held);
        var model = member.Build(() => (seesAll ? config with { WordDropout = 0 } : config).Build(oracle.Vocabulary));
        if (embeddings is { } bound)
            nn.init.uniform_(model.get_parameter("encoder_embedding.weight")!, -bound, bound);

        // By the trapezoidal rule on a line of codes: −log p(x), and the means of p(z|x) and of q(z|x), of each sentence.
        (double[] Nll, double[] Model, double[] Encoder) Posteriors(EncodedSentences set)
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            using var mode = new EvaluationMode(model);
            var batch = Whole(set);
            var codes = linspace(-5, 5, points);
            var prior = DiagonalGaussian.PriorLogDensity(codes.unsqueeze(1)) + Math.Log(10.0 / (points - 1)); // of a cell
            var joint = prior - stack(Numbers(codes).Select(z => model.NegativeLogLikelihood(batch, full([batch.Size, 1], z)).PerSentence()), 1); // [batch, points]
            return (Numbers(-joint.logsumexp(1)), Numbers(joint.softmax(1).matmul(codes)), Numbers(model.Encode(batch).Mean.squeeze(1)));
        }

        var followed = validation.Subset([.. Enumerable.Range(0, shown)]);
        var clusters = Enumerable.Range(0, shown).Select(i => FormattableString.Invariant($"({Centre(i).X:0;−0}, {Centre(i).Y:0;−0})")).ToArray();
        var spreads = new List<(double Epochs, double Model, double Encoder)>();
        void Look(double trained)
        {
            var (_, own, encoded) = Posteriors(followed);
            member.Record(FormattableString.Invariant($"epoch {trained:0.##}"), own, encoded, clusters);
            spreads.Add((trained, Spread(own), Spread(encoded)));
            if (trained == 1)
                member.Record("correlation after epoch 1", Correlation(own, encoded));
        }

        Look(0);
        var options = training with { Aggressive = catchUp };
        member.Train(new VaeTask(model, train, validation, new ElboObjective()), options, stepped: step =>
        {
            // Often in the first epoch, in which it is decided.
            if (step.Batch == step.Batches || (step.Epoch == 1 && new[] { 0.05, 0.1, 0.25, 0.5 }.Any(part => step.Batch == (int)(part * step.Batches))))
                Look(step.Epoch - 1 + Math.Round((double)step.Batch / step.Batches, 2));
        });

        var final = VaeMetrics.Evaluate(model, test, member.Seed);
        member.Record("KL", final.Kl);
        member.Record("MI", final.MutualInformation);
        member.Record("−ELBO", final.NegativeElbo);
        member.Record("NLL", Posteriors(test).Nll.Average());
        member.Record("−ELBO as trained", AsTrained(model, test, member.Seed));
        member.Record("highest MI", member.Curve("validation MI").Y.Max());
        var first = spreads.Where(look => look.Epochs is > 0 and <= 1).ToArray();
        member.Record("model's spread in epoch 1", first.Average(look => look.Model));
        member.Record("encoder's spread in epoch 1", first.Average(look => look.Encoder));
        member.Record("p(z|x), the model's", spreads.Select(look => look.Epochs), spreads.Select(look => look.Model));
        member.Record("q(z|x), the encoder's", spreads.Select(look => look.Epochs), spreads.Select(look => look.Encoder));
    }

    // −ELBO with the decoder's dropout and hidden words, as in training: what the code was learned for.
    static double AsTrained(TextVaeModel model, EncodedSentences set, ulong seed)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        model.train();
        manual_seed(unchecked((long)seed));
        var terms = model.Elbo(Whole(set));
        return (terms.Reconstruction.Total + terms.Kl.sum()).item<float>() / set.Count;
    }

    // A point a sentence, coloured by the cluster that its code was drawn from.
    Figure Points(Series means, double reach, string title) => Figure.Of(
            means.X.Zip(means.Y, means.Labels!).GroupBy(point => point.Third).Select(group =>
                    (Trace)(Scatter.Of(group.Select(point => point.First), group.Select(point => point.Second), $"code about {group.Key}") with { Size = 4, Opacity = 0.7 }))
                .Prepend(Line.Of([-reach, reach], [-reach, reach], dash: LineDash.Dot) with { Width = 1, Hoverable = false, Color = PlotColor.Muted, Legend = false }))
        .Title(title).XRange(-reach, reach).YRange(-reach, reach).EqualScale();

    static Figure Panels(int columns, Figure[] panels) => Figure.Grid(columns, [.. panels
        .Select((panel, i) => i % columns == 0 ? panel.Y("mean of q(z|x)") : panel)
        .Select((panel, i) => i + columns >= panels.Length ? panel.X("mean of p(z|x)") : panel)]);

    const string usual = "as usual", aggressively = "aggressive", quick = "quicker encoder", seeing = "aggressive, every word seen";
    return recipe.Study()
        .On("synthetic: sentences of an LSTM oracle, their codes in four clusters")
        .About("One VAE with a one-dimensional code trained on the same sentences. Only how fast the encoder learns differs; in the last training also what the decoder sees.")
        .Column("KL").Column("MI", best: Best.Highest).Column("highest MI").Column("−ELBO", best: Best.Lowest).Column("NLL").Column("−ELBO as trained")
        .Seeds(recipe.Parameter("seeds", standard: 1))
        .Variant("the source", Source)
        .Variant(usual, member => Train(member))
        .Variant(aggressively, member => Train(member, catchUp: aggressive))
        .Variant(quick, member => Train(member, embeddings: 1))
        .Variant(seeing, member => Train(member, catchUp: aggressive, seesAll: true))
        .Report(report =>
        {
            var rows = report.Results.Rows.Where(row => row.Name != "the source").ToArray();
            string[] moments = [.. rows[0].First.Series.Keys.Where(key => key.StartsWith("epoch ", StringComparison.Ordinal))];
            report
                .Section("Posterior means", "A point is a validation sentence. Across: the mean of p(z|x), what decoder and prior make of the sentence, by quadrature. Up: the mean of q(z|x), what the encoder says. "
                    + "On the dotted diagonal the encoder is right. On a horizontal line the decoder reacts to the code, and the encoder says the same of every sentence. At the origin the code tells nothing: the posterior has collapsed.")
                .Figure("means", Figure.Frames("epoch", moments.Select(moment => (moment["epoch ".Length..], Panels(2, [.. rows.Select(row => Points(row.First.Series[moment], 4, row.Name))]).Height(820)))), "The trainings side by side, at the end. Press ▶ to see them from the start.");
            string[] chosen = [.. moments.Where((_, i) => i is 1 or 3 or 4 or 5 or 6 || i == moments.Length - 1)];
            foreach (var row in rows)
            {
                // A code that was never used would be a dot on the scale of the others.
                var enlarged = row["highest MI"] < 0.1;
                var reach = enlarged ? 0.1 + chosen.Max(moment => row.First.Series[moment].X.Max(Math.Abs)) : 4;
                report.Figure($"means {row.Name}".Replace(",", "").Replace(' ', '-'), Panels(3, [.. chosen.Select(moment => Points(row.First.Series[moment], reach, moment))]).Title(row.Name).Height(620),
                    enlarged ? "Enlarged, mind the axes. The points keep to a horizontal line: the encoder says the same of every sentence." : "Axes from −4 to 4, as in the first figure.");
            }

            report
                .Section("The lag", "Standard deviation of the posterior means over the sentences. As usual, the encoder's stays far below the model's: the decoder learns to do without the code before the encoder has found it.")
                .Figure("spreads", Figure.Grid(2, [.. rows.Select(row => Figure.Of(
                    new[] { "p(z|x), the model's", "q(z|x), the encoder's" }.Select(name => Line.Of(row.First.Series[name].X, row.First.Series[name].Y, name, markers: true)))
                    .Title(row.Name).X("epoch").Y("standard deviation").LogY())]).ShareX().ShareY().Height(560), "Standard deviations on a logarithmic scale.")
                .Section("What the code is worth", "MI: how much the code tells of the sentence. −ELBO: the decoder sees every word; as trained: some of them are hidden from it, as they were in training. NLL: −log p(x) by quadrature; for the source, its true value.")
                .Figure("mi", Figure.Of(report.Series("validation MI").Select(curve => Line.Of(curve.Series.X, curve.Series.Y, curve.Variant, markers: true))).X("epoch").Y("I(x; z) (nats)").YFromZero().Height(340),
                    "Mutual information on the validation sentences. A decoder that sees every word gives the code up again, in part or whole: it learns to read it off the words before, and what the code tells is no longer worth its price, KL.");
        })
        .Headline("Lagging inference networks, aggressive training", "000, 001", study => FormattableString.Invariant(
            $"MI {study[usual]["MI"]:0.00} nats as usual, {study[aggressively]["MI"]:0.00} aggressive, {study[quick]["MI"]:0.00} with a quicker encoder; aggressive with every word seen {study[seeing]["highest MI"]:0.00}, in the end {study[seeing]["MI"]:0.00}"))
        .Expect("as usual, the posterior collapses: KL below 0.1 nats", study => study.AtMost("KL", usual, 0.1))
        .Expect("as usual, the encoder lags: in the first epoch its means spread less than a fifth of the model's", study => (
            study[usual]["encoder's spread in epoch 1"] < study[usual]["model's spread in epoch 1"] / 5,
            FormattableString.Invariant($"{study[usual]["encoder's spread in epoch 1"]:0.000} and {study[usual]["model's spread in epoch 1"]:0.000}")))
        .Expect("trained aggressively, it says what the model's posterior says: correlation of their means at least 0.9 after the first epoch", study => study.AtLeast("correlation after epoch 1", aggressively, 0.9))
        .Expect("aggressive training keeps at least 0.5 nats in the code", study => study.AtLeast("MI", aggressively, 0.5))
        .Expect("and is better by 0.5 nats in the loss they are trained by", study => study.Less("−ELBO as trained", aggressively, usual, margin: 0.5))
        .Expect("a quicker encoder keeps at least 0.5 nats without it", study => study.AtLeast("MI", quick, 0.5))
        .Expect("where the decoder sees every word, the code ends with at least 0.5 nats less", study => study.Less("MI", seeing, aggressively, margin: 0.5));
});
