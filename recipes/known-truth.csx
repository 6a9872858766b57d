#!/usr/bin/env dotnet-script
// Estimators and models against sources whose likelihood is known: the importance-weighted bound, the gap of the ELBO, mutual
// information, and how near language models come to the entropy that no model can beat.
//
//   textvae run recipes/known-truth.csx
#load "prelude.csx"

return Recipe.Run(Args, "known-truth", "Estimators against known truth", recipe =>
{
    var words = recipe.Parameter("words", standard: 1000, smoke: 100);
    var tests = recipe.Parameter("test-sentences", standard: 200, smoke: 20);
    var most = recipe.Parameter("iw-samples", standard: 5000, smoke: 50);
    var training = new TrainingOptions { Epochs = recipe.Parameter("epochs", standard: 12, smoke: 1, full: 40), LearningRate = 2e-3 };

    var sentences = recipe.Parameter("sentences", standard: 5000, smoke: 100);
    var points = recipe.Parameter("grid", standard: 121, smoke: 41);
    var classes = recipe.Parameter("classes", standard: 200, smoke: 64);
    var mixtureSentences = recipe.Parameter("mixture-sentences", standard: 4000, smoke: 500);
    var chainWords = recipe.Parameter("chain-words", standard: 30);
    var chainSentences = recipe.Parameter("chain-sentences", standard: 20_000, smoke: 300);
    var chainTests = recipe.Parameter("chain-tests", standard: 2000, smoke: 100);
    var lmEpochs = recipe.Parameter("lm-epochs", standard: 12, smoke: 1);
    var lmHidden = recipe.Parameter("lm-hidden", standard: 128, smoke: 16);
    void Oracle(Variant member)
    {
        var oracle = new LstmOracle(member.Seed, words);
        var (train, _) = oracle.Sample(sentences, member.Seed + 1);
        var (validation, _) = oracle.Sample(200, member.Seed + 2);
        var (test, codes) = oracle.Sample(tests, member.Seed + 3);
        var model = member.Build(() => new OracleVae(oracle));
        member.Train(new VaeTask(model, train, validation, new ElboObjective()), training);

        using var evaluation = torch.no_grad();
        model.eval();
        member.Progress("the truth by quadrature", 0, tests);
        var batch = test.ToBatch();
        // Cells must be small beside the standard deviations of q(z|x).
        var grid = CodeGrid.Create(points: points, reach: 5);
        var likelihood = oracle.LogLikelihood(batch.Targets, grid.Codes);
        var truth = grid.Nll(likelihood).mean().item<double>();
        var posterior = model.Encode(batch);
        var gap = grid.PosteriorKl(new DiagonalGaussian(posterior.Mean.to_type(torch.ScalarType.Float64), posterior.LogVariance.to_type(torch.ScalarType.Float64)), likelihood).mean().item<double>();
        var bounds = Enumerable.Range(0, 100).Select(i => VaeMetrics.Evaluate(model, test, member.Seed + (ulong)i).NegativeElbo).ToArray();
        member.Record("true NLL", truth);
        member.Record("−ELBO", bounds.Average());
        member.Record("−ELBO − NLL", bounds.Average() - truth);
        member.Record("KL(q ‖ true posterior)", gap);

        int[] samples = [.. new[] { 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000 }.Where(k => k <= most)];
        var weighted = samples.Select(k =>
        {
            member.Progress("importance-weighted NLL, K", k, samples[^1]);
            return ImportanceWeightedNll.Estimate(model, test, k, member.Seed).Mean;
        }).ToArray();
        member.Record("IW-NLL", weighted[^1]);
        member.Record("IW-NLL by K", samples.Select(k => (double)k), weighted);

        // I(x; z) of the source: E[log p(x|z) − log p(x)] at the codes the sentences were written from.
        var own = new double[test.Count];
        for (var i = 0; i < own.Length; i++)
            own[i] = oracle.LogLikelihood(batch.Targets[i].unsqueeze(0), codes[i].unsqueeze(0)).item<double>();
        member.Record("true MI", own.Average() + truth);
        member.Record("MI", VaeMetrics.Evaluate(model, test, member.Seed).MutualInformation);
    }

    void Classes(Variant member)
    {
        // Sentences of many classes, each class encoded to its own place: what the code tells is which class a sentence seems to be of.
        var mixture = new MarkovMixture(member.Seed, classes: classes, words: 100);
        var sample = mixture.Sample(mixtureSentences, member.Seed + 1);
        var guesses = sample.Select(sentence => (long)Array.IndexOf(mixture.ClassPosterior(sentence), mixture.ClassPosterior(sentence).Max())).ToArray();
        var places = (StandardNormal.Sample(mixture.Classes, 8, member.Seed) * 1.5).to_type(torch.ScalarType.Float64);
        var means = places.index_select(0, torch.tensor(guesses));
        var posterior = new DiagonalGaussian(means, torch.full_like(means, 2 * Math.Log(0.02)));
        var z = posterior.Sample(StandardNormal.Sample(guesses.Length, 8, member.Seed + 2).to_type(torch.ScalarType.Float64));
        // The entropy of the guesses is the truth.
        member.Record("true MI", guesses.GroupBy(c => c).Sum(group => -(group.Count() / (double)guesses.Length) * Math.Log(group.Count() / (double)guesses.Length)));
        member.Record("MI", MutualInformation.FullSet(posterior, z));
        int[] sizes = [.. new[] { 8, 16, 32, 64, 128, 256, 512 }.Where(size => size <= guesses.Length)];
        member.Record("MI by batch", sizes.Select(size => (double)size), sizes.Select(size => MutualInformation.WithinBatches(posterior, z, size)));
        member.Record("MI within batches of 32", MutualInformation.WithinBatches(posterior, z, 32));
    }

    var chain = new Lazy<(EncodedSentences Train, EncodedSentences Validation, EncodedSentences Test, MarkovMixture Source)>(() =>
    {
        var source = new MarkovMixture(recipe.Seed, classes: 2, words: chainWords, concentration: 0.2);
        return (source.Sample(chainSentences, recipe.Seed + 1), source.Sample(1000, recipe.Seed + 2), source.Sample(chainTests, recipe.Seed + 3), source);
    });
    void Entropy(Variant member, double[] nll)
    {
        var truth = chain.Value.Test.Select(sentence => chain.Value.Source.Nll(sentence)).ToArray();
        var differences = nll.Zip(truth, (model, exact) => model - exact).ToArray();
        var mean = differences.Average();
        member.Record("NLL", nll.Average());
        member.Record("true NLL", truth.Average());
        member.Record("NLL − true NLL", mean);
        member.Record("its standard error", Math.Sqrt(differences.Sum(d => (d - mean) * (d - mean)) / differences.Length / (differences.Length - 1)));
    }

    return recipe.Study()
        .On("synthetic: an LSTM oracle with a two-dimensional code, and mixtures of Markov chains")
        .About("Numbers one can trust: what each estimator and model says beside what is known to be true, by quadrature or exact sums. Nats a sentence.")
        .Column("true NLL").Column("−ELBO").Column("−ELBO − NLL").Column("KL(q ‖ true posterior)").Column("IW-NLL")
        .Column("true MI").Column("MI").Column("MI within batches of 32").Column("NLL").Column("NLL − true NLL", "0.000").Column("its standard error", "0.000")
        .Variant("LSTM oracle, learned encoder", Oracle)
        .Variant("200 classes", Classes)
        .Variant("Kneser–Ney 5-gram", member =>
        {
            var model = NGramModel.Train(chain.Value.Train, chain.Value.Source.Vocabulary, order: 5);
            Entropy(member, [.. chain.Value.Test.Select(sentence => model.SentenceNll(sentence))]);
        })
        .Variant("LSTM language model", member =>
        {
            var options = training with { Epochs = lmEpochs, LearningRate = 4e-3 };
            var config = new RecurrentLmConfig { EmbeddingSize = 32, HiddenSize = lmHidden, Dropout = 0.1 };
            var model = member.Build(() => config.Build(chain.Value.Source.Vocabulary));
            member.Train(new LanguageModelTask(model, chain.Value.Train, chain.Value.Validation), options);
            Entropy(member, [.. Likelihood.Evaluate(model, chain.Value.Test).PerSentence]);
        })
        .Report(report =>
        {
            var oracle = report.Results["LSTM oracle, learned encoder"];
            report.Section("The importance-weighted bound", "−log p(x) estimated with K draws from q(z|x), with the true decoder. It comes down to the truth as K grows.");
            foreach (var (member, curve) in report.Series("IW-NLL by K"))
                report.Figure("iw-nll", Figure.Of(Line.Of(curve.X, curve.Y, "IW-NLL", markers: true)).X("K, draws a sentence").Y("nats a sentence").LogX().HLine(oracle["true NLL"], "true −log p(x)"), "One draw is the ELBO.");
            report.Section("Mutual information", "An aggregate posterior taken within a batch cannot tell more than the logarithm of the batch's size, however much the code tells.");
            foreach (var (member, curve) in report.Series("MI by batch"))
                report.Figure("mi-by-batch", Figure.Of(
                    Line.Of(curve.X, curve.Y, "estimate within batches", markers: true), Line.Of(curve.X, curve.X.Select(size => Math.Log(size)), "ln B", dash: LineDash.Dash)).X("batch size B").Y("nats").LogX().HLine(report.Results[member]["true MI"], "truth"), "Sentences of two hundred classes.");
        })
        .Headline("Estimators against known truth", "000, 001", study => FormattableString.Invariant(
            $"IW-NLL {study["LSTM oracle, learned encoder"]["IW-NLL"]:0.000} for {study["LSTM oracle, learned encoder"]["true NLL"]:0.000}; ELBO gap {study["LSTM oracle, learned encoder"]["−ELBO − NLL"]:0.000} for {study["LSTM oracle, learned encoder"]["KL(q ‖ true posterior)"]:0.000}; MI {study["200 classes"]["MI"]:0.00} for {study["200 classes"]["true MI"]:0.00}, within batches {study["200 classes"]["MI within batches of 32"]:0.00}"))
        .Expect("the importance-weighted bound with the most draws is within 0.05 nats of the truth", study => (
            Math.Abs(study["LSTM oracle, learned encoder"]["IW-NLL"] - study["LSTM oracle, learned encoder"]["true NLL"]) <= 0.05,
            FormattableString.Invariant($"{study["LSTM oracle, learned encoder"]["IW-NLL"]:0.0000} and {study["LSTM oracle, learned encoder"]["true NLL"]:0.0000}")))
        .Expect("the bound falls as K grows", study => (
            study["LSTM oracle, learned encoder"].First.Series["IW-NLL by K"].Y is var y && y.Zip(y.Skip(1), (a, b) => b <= a + 0.05).All(falls => falls), string.Join(" → ", y.Select(value => StudyResults.Text(value)))))
        .Expect("the ELBO falls short of the likelihood by KL(q ‖ true posterior), within 0.03 nats", study => (
            Math.Abs(study["LSTM oracle, learned encoder"]["−ELBO − NLL"] - study["LSTM oracle, learned encoder"]["KL(q ‖ true posterior)"]) <= 0.03,
            FormattableString.Invariant($"{study["LSTM oracle, learned encoder"]["−ELBO − NLL"]:0.0000} and {study["LSTM oracle, learned encoder"]["KL(q ‖ true posterior)"]:0.0000}")))
        .Expect("the full-set estimate of mutual information is within 0.1 nats of the truth", study => (
            Math.Abs(study["200 classes"]["MI"] - study["200 classes"]["true MI"]) <= 0.1, FormattableString.Invariant($"{study["200 classes"]["MI"]:0.00} and {study["200 classes"]["true MI"]:0.00}")))
        .Expect("the estimate within batches of 32 stops at ln 32", study => study.AtMost("MI within batches of 32", "200 classes", Math.Log(32) + 0.05))
        .Expect("the source tells more than ln 32, so that it matters", study => study.AtLeast("true MI", "200 classes", Math.Log(32) + 0.5))
        .Expect("the LSTM language model is within 3 % of the entropy", study => study.AtMost("NLL − true NLL", "LSTM language model", 0.03 * study["LSTM language model"]["true NLL"]))
        .Expect("no language model beats the entropy beyond three standard errors", study => study.Count(2, row =>
            (row.Find("NLL − true NLL") ?? double.NaN) >= -3 * (row.Find("its standard error") ?? double.NaN)));
});
