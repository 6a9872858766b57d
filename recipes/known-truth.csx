#!/usr/bin/env dotnet-script
// Do estimators and models agree with sources whose likelihood is known? The importance-weighted bound, the gap of the ELBO, mutual
// information, and how near language models come to the entropy that no model can beat.
//
//   textvae run recipes/known-truth.csx
#load "prelude.csx"

return Recipe.Run(Args, "known-truth", "Estimators against known truth", recipe =>
{
    var words = recipe.Parameter("words", standard: 1000, smoke: 100);
    var sentences = recipe.Parameter("sentences", standard: 5000, smoke: 100);
    var tests = recipe.Parameter("test-sentences", standard: 200, smoke: 20);
    var points = recipe.Parameter("grid", standard: 121, smoke: 41);
    var most = recipe.Parameter("iw-samples", standard: 5000, smoke: 50);
    var classes = recipe.Parameter("classes", standard: 200, smoke: 64);
    var mixtureSentences = recipe.Parameter("mixture-sentences", standard: 4000, smoke: 500);
    var training = recipe.Configure(new TrainingOptions { Epochs = 12, LearningRate = 2e-3 },
        smoke: options => options with { Epochs = 1 }, full: options => options with { Epochs = 40 });
    var lm = recipe.Configure(new RecurrentLmConfig { EmbeddingSize = 32, HiddenSize = 128, Dropout = 0.1 },
        smoke: config => config with { HiddenSize = 16 }, prefix: "lm");
    var lmTraining = recipe.Configure(new TrainingOptions { Epochs = 12, LearningRate = 4e-3 },
        smoke: options => options with { Epochs = 1 }, prefix: "lm");
    var vectors = recipe.Parameter("vectors", standard: 100, smoke: 8);
    var annealing = recipe.Configure(new AnnealingOptions(), smoke: options => options with { Steps = 20, Chains = 4 }, prefix: "ais");
    var width = recipe.Parameter("encoder-width", standard: 0.6); // of its deviations: an encoder that is too sure, as trained ones are

    const string Oracle = "LSTM oracle, learned encoder", Mixture = "200 classes", FiveGram = "Kneser–Ney 5-gram";
    const string Lstm = "LSTM language model", Two = "factor analysis, 2 dimensions", Sixteen = "factor analysis, 16 dimensions";
    var (trueNll, elbo, elboGap) = (RecordedLikelihoods.Truth, Metric.NegativeElbo, RecordedLikelihoods.ElboGap);
    var (posteriorKl, weighted, trueMi) = (new Metric("KL(q ‖ true posterior)"), Metric.IwNll, new Metric("true MI"));
    var (mi, batchMi, nll) = (Metric.MutualInformation, new Metric("MI within batches of 32"), Metric.Nll);
    var (excess, annealed, reverse) = (RecordedLikelihoods.Excess, RecordedLikelihoods.AnnealedGap, RecordedLikelihoods.ReverseGap);
    var (defensive, plain) = (RecordedLikelihoods.DefensiveGap, RecordedLikelihoods.PlainGap);
    int[] samples = [.. new[] { 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000 }.Where(k => k <= most)];
    void CompareEstimates(Variant variant, int latentSize)
    {
        using var source = LinearGaussian.Create(latentSize, inputs: 2 * latentSize, deviation: 0.5, variant.Seed, width);
        var (examples, codes) = source.Sample(vectors, variant.Seed + 2);
        variant.RecordEstimates(source.Model, examples, codes, source.Nll(examples), Math.Min(most, 500), annealing);
    }

    var chain = new MarkovMixture(recipe.Seed, classes: 2, recipe.Parameter("chain-words", standard: 30), concentration: 0.2);
    var chainTrain = chain.Sample(recipe.Parameter("chain-sentences", standard: 20_000, smoke: 300), recipe.Seed + 1);
    var chainValidation = chain.Sample(1000, recipe.Seed + 2);
    var chainTest = chain.Sample(recipe.Parameter("chain-tests", standard: 2000, smoke: 100), recipe.Seed + 3);
    double[] entropy = [.. chainTest.Select(sentence => chain.Nll(sentence))];

    return recipe.Study()
        .On("synthetic: an LSTM oracle with a two-dimensional latent code, mixtures of Markov chains, and factor analysis")
        .About("What each estimator and model says beside what is known to be true, by quadrature, exact sums or a closed form, in nats.")
        .Columns(trueNll, elbo, elboGap, posteriorKl, weighted, trueMi, mi, batchMi, nll, excess, reverse, annealed, defensive, plain)
        .Variant(Oracle, variant =>
        {
            var oracle = new LstmOracle(variant.Seed, words);
            var train = oracle.Sample(sentences, variant.Seed + 1).Sentences;
            var validation = oracle.Sample(200, variant.Seed + 2).Sentences;
            var (test, codes) = oracle.Sample(tests, variant.Seed + 3);
            var model = variant.Build(() => new OracleVae(oracle));
            variant.Train(new VaeTask(model, train, validation, new ElboObjective()), training);
            var truth = OracleTruth.Evaluate(model, oracle, test, codes, CodeGrid.Create(points, reach: 5));
            variant.Record((trueNll, truth.Nll), (posteriorKl, truth.PosteriorKl), (trueMi, truth.MutualInformation));
            variant.Record(mi, VaeMetrics.Evaluate(model, test, variant.Seed).MutualInformation);
            variant.RecordBounds(model, test, truth.Nll, samples);
        })
        .Variant(Mixture, variant =>
        {
            var mixture = new MarkovMixture(variant.Seed, classes: classes, words: 100);
            var codes = ClassCodes.Encode(mixture, mixture.Sample(mixtureSentences, variant.Seed + 1), latentSize: 8, variant.Seed);
            double WithinBatches(int size) => MutualInformation.WithinBatches(codes.Posterior, codes.Codes, size);
            int[] sizes = [.. new[] { 8, 16, 32, 64, 128, 256, 512 }.Where(size => size <= mixtureSentences)];
            variant.Record((trueMi, codes.MutualInformation), (mi, MutualInformation.FullSet(codes.Posterior, codes.Codes)));
            variant.Record(batchMi, WithinBatches(32));
            variant.Record("MI by batch", sizes.Select(size => (double)size), sizes.Select(WithinBatches));
        })
        .Variant(FiveGram, variant => variant.RecordExcess(
            Likelihood.Evaluate(NGramModel.Train(chainTrain, chain.Vocabulary, order: 5), chainTest), entropy))
        .Variant(Lstm, variant =>
        {
            var model = variant.Build(() => lm.Build(chain.Vocabulary));
            variant.Train(new LanguageModelTask(model, chainTrain, chainValidation), lmTraining);
            variant.RecordExcess(Likelihood.Evaluate(model, chainTest), entropy);
        })
        .Variant(Two, variant => CompareEstimates(variant, latentSize: 2))
        .Variant(Sixteen, variant => CompareEstimates(variant, latentSize: 16))
        .Report(report => report
            .Section("The importance-weighted bound",
                "−log p(x) estimated with K samples from q(z|x), with the true decoder. It comes down to the truth as K grows.")
            .Figure("iw-nll", report.Curves("IW-NLL by K", y: "nats per sentence", x: "K, samples per sentence", markers: true).LogX()
                .HLine(report.Results[Oracle][trueNll], "true −log p(x)"), "One sample is the ELBO.")
            .Section("Estimates of the likelihood", "On vectors that the model itself has generated, with an encoder that is too sure. "
                + "Annealed importance sampling needs no encoder; its two directions enclose the truth.")
            .Figure("estimates", RecordedLikelihoods.EstimatesFigure(report.Results), "Less the truth, ± two standard errors.")
            .Section("Mutual information", "An aggregate posterior taken within a batch cannot exceed the logarithm of the batch's "
                + "size, however much information the latent code carries.")
            .Figure("mi-by-batch", report.Curves("MI by batch", y: "nats", x: "batch size B", markers: true).LogX()
                .Add(LogOf(report.Results[Mixture].Curve("MI by batch").X)).HLine(report.Results[Mixture][trueMi], "truth"),
                "Sentences of two hundred classes: the estimate within batches, and ln B."))
        .Headline("Estimators against known truth", "000, 001", study =>
            $"IW-NLL {study[Oracle][weighted]:0.000} for {study[Oracle][trueNll]:0.000}; ELBO gap {study[Oracle][elboGap]:0.000} for "
            + $"{study[Oracle][posteriorKl]:0.000}; MI {study[Mixture][mi]:0.00} for {study[Mixture][trueMi]:0.00}, within batches "
            + $"{study[Mixture][batchMi]:0.00}")
        .Expect("the importance-weighted bound with the most samples is within 0.05 nats of the truth", study =>
            study.Near(weighted, trueNll, Oracle, tolerance: 0.05))
        .Expect("the bound falls as K grows", study => StudyResults.Falls(study[Oracle].Curve("IW-NLL by K"), tolerance: 0.05))
        .Expect("the ELBO falls short of the likelihood by KL(q ‖ true posterior), within 0.03 nats", study =>
            study.Near(elboGap, posteriorKl, Oracle, tolerance: 0.03))
        .Expect("the full-set estimate of mutual information is within 0.01 nats of the truth", study =>
            study.Near(mi, trueMi, Mixture, tolerance: 0.01))
        .Expect("the estimate within batches of 32 stops at ln 32", study => study.AtMost(batchMi, Mixture, Math.Log(32)))
        .Expect("the source's mutual information exceeds ln 32, as it must", study => study.AtLeast(trueMi, Mixture, Math.Log(32) + 0.5))
        .Expect("the LSTM language model is within 3 % of the entropy", study => study.AtMost(excess, Lstm, 0.03 * study[Lstm][trueNll]))
        .Expect("no language model beats the entropy beyond three standard errors", study => study.Count(2, row =>
            row.Find(excess) is { } difference && difference >= -3 * row[excess.StandardError]))
        .Expect("annealed importance sampling is right within three standard errors and 0.02 nats", study => study.Count(2, row =>
            row.Find(annealed) is { } gap && Math.Abs(gap) <= 3 * row[annealed.StandardError] + 0.02))
        .Expect("its two directions enclose the truth within three standard errors", study => study.Count(2, row =>
            row.Find(reverse) is { } low && low <= 3 * row[reverse.StandardError] && row[annealed] >= -3 * row[annealed.StandardError]))
        .Expect("the defensive mixture beats the posterior alone", study => study.Count(2, row => row.Find(defensive) < row.Find(plain)));
    static Line LogOf(IReadOnlyList<double> sizes) => Line.Of(sizes, sizes.Select(size => Math.Log(size)), "ln B", dash: LineDash.Dash);
});
