#!/usr/bin/env dotnet-script
// Collapse as a lag of the encoder: the posterior means of a model's own p(z|x) and of its encoder's q(z|x), sentence by sentence, while a
// VAE with a one-dimensional code trains as usual and aggressively. A point on the diagonal is a sentence the encoder has got right.
//
//   textvae run recipes/lagging.csx
#load "prelude.csx"
using Research.TextVae.Diagnostics;
using Research.TextVae.Experiments;
using Research.TextVae.Models;
using Research.TextVae.Objectives;
using Research.TextVae.Plots;
using Research.TextVae.Synthetic;
using Research.TextVae.Text;
using Research.TextVae.Training;
using TorchSharp;

return Recipe.Run(Args, "lagging", "Collapse as a lag of the encoder", recipe =>
{
    var epochs = recipe.Parameter("epochs", standard: 6, smoke: 1, full: 30);
    var size = recipe.Parameter("sentences", standard: 6000, smoke: 96, full: 16_000);
    var width = recipe.Parameter("width", standard: 50, smoke: 16, full: 100);
    var words = recipe.Parameter("words", standard: 300, smoke: 50, full: 1000);
    var length = recipe.Parameter("length", standard: 8, smoke: 4, full: 10);
    var held = recipe.Parameter("validation", standard: 500, smoke: 32);
    var shownCount = recipe.Parameter("shown", standard: 150, smoke: 16);
    var rate = recipe.Parameter("learning-rate", standard: 2e-3);
    var mostSteps = recipe.Parameter("aggressive-steps", standard: 20, smoke: 4, full: 100);
    var checkEvery = recipe.Parameter("aggressive-check", standard: 5, smoke: 2, full: 15);
    // Four clusters of codes, (±2, ±2).
    torch.Tensor Codes(ulong seed, int count)
    {
        var corners = torch.tensor(Enumerable.Range(0, count).SelectMany(i => new[] { i % 2 == 0 ? 2f : -2f, i / 2 % 2 == 0 ? 2f : -2f }).ToArray()).view(count, 2);
        return corners + Noise.Normal(seed, count, 2);
    }

    void Train(StudyMember member, AggressiveTraining? aggressive)
    {
        var oracle = new LstmOracle(recipe.Seed, words: words, length: length, width: 100);
        var train = oracle.Sample(Codes(recipe.Seed + 1, size), recipe.Seed + 2);
        var validation = oracle.Sample(Codes(recipe.Seed + 3, held), recipe.Seed + 4);
        var shown = validation.Spread(shownCount);
        var config = new LstmVaeConfig { Embedding = width, Hidden = width, Latent = 1, Dropout = 0 };
        var options = new TrainingOptions { Epochs = epochs, LearningRate = rate, StopPatience = epochs, DecayPatience = epochs, Aggressive = aggressive };
        using var model = member.Build(() => config.Build(oracle.Vocabulary));
        var batch = TextBatch.From(TokenBatch.From(shown, [.. Enumerable.Range(0, shown.Count)]), torch.CPU);

        void Means(string when)
        {
            using var scope = torch.NewDisposeScope();
            using var evaluation = torch.no_grad();
            using var mode = new EvaluationMode(model);
            // The model's own posterior: p(z|x) ∝ p(z) p(x|z) on a line of codes.
            const int points = 61;
            var codes = torch.linspace(-4, 4, points);
            var logs = codes.data<float>().Select(code =>
                -model.Reconstruct(torch.full([batch.Size, 1], code), batch).PerSentence() - 0.5f * code * code).ToArray();
            var posterior = torch.stack(logs, 1).softmax(1); // [batch, points]
            var truth = posterior.matmul(codes).data<float>().Select(mean => (double)mean);
            member.Record(when, truth, model.Encode(batch).Mean.squeeze(1).data<float>().Select(mean => (double)mean));
        }

        var moments = new HashSet<(int, int)>();
        Means("0.0 epochs");
        var trained = member.Train(new VaeTask(model, train, validation, new ElboObjective(), options, member.Seed), options, stepped: step =>
        {
            // Twice in the first epoch, when it is decided, then after every second.
            if ((step.Epoch == 1 && step.Batch == step.Batches / 4) || (step.Batch == step.Batches && (step.Epoch == 1 || step.Epoch % 2 == 0)))
                Means(FormattableString.Invariant($"{step.Epoch - 1 + (double)step.Batch / step.Batches:0.0#} epochs"));
        });
        var final = ElboEvaluation.Of(model, validation, member.Seed);
        member.Record("KL", final.Kl);
        member.Record("MI", final.MutualInformation);
        member.Record("AU", final.ActiveUnits);
        member.Record("−ELBO", final.NegativeElbo);
    }

    return recipe.Study()
        .On("synthetic: sentences of an LSTM oracle whose codes lie in four clusters")
        .About("Two trainings of one VAE from the same weights on the same sentences; only how often the encoder is updated differs.")
        .Column("KL").Column("MI", best: Best.Highest).Column("AU", "0").Column("−ELBO", best: Best.Lowest)
        .Member("as usual", member => Train(member, null))
        .Member("aggressive", member => Train(member, new AggressiveTraining { MaxSteps = mostSteps, CheckEvery = checkEvery }))
        .Report(report =>
        {
            report.Section("Posterior means", "Across: the mean of the model's own posterior p(z|x), by quadrature. Up: the mean of the encoder's q(z|x). On the diagonal the encoder is right; on the horizontal axis the model has put something into the code and the encoder has not followed; at the origin all is lost.");
            foreach (var row in report.Results.Rows)
            {
                var moments = row.First.Series.Where(series => series.Key.EndsWith("epochs", StringComparison.Ordinal)).ToArray();
                report.Figure($"means-{row.Name}".Replace(' ', '-'), Figure.Grid(3, [.. moments.Select(moment =>
                    Figure.Of(
                        Scatter.Of(moment.Value.X, moment.Value.Y) with { Size = 4, Opacity = 0.6 },
                        Line.Of([-3, 3], [-3, 3], dash: LineDash.Dot) with { Width = 1, Hoverable = false, Color = PlotColor.Muted })
                    .Title($"after {moment.Key}").X("mean of p(z|x)").Y("mean of q(z|x)").XRange(-3, 3).YRange(-3, 3))]).Title(row.Name).Legend(false).Height(300 * ((moments.Length + 2) / 3)), "Each point is a validation sentence.");
            }

            report.Section("During training")
                .Figure("mi", Figure.Of(report.Series("validation MI").Select(curve => Line.Of(curve.Series.X, curve.Series.Y, curve.Member, markers: true))).X("epoch").Y("I(x; z) (nats)").YFromZero().Height(320), "Mutual information on the validation sentences.");
        })
        .Shows("Lagging inference networks", "000, 001", study => FormattableString.Invariant($"MI {study["as usual"]["MI"]:0.00} nats as usual, {study["aggressive"]["MI"]:0.00} aggressive"))
        .Expect("as usual, the posterior collapses: KL below 0.1 nats", study => study.AtMost("KL", "as usual", 0.1))
        .Expect("aggressive training keeps at least 0.5 nats in the code", study => study.AtLeast("MI", "aggressive", 0.5))
        .Expect("and has the lower −ELBO", study => study.Less("−ELBO", "aggressive", "as usual"));
});
