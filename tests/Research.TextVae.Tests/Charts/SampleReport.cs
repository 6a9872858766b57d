using Research.TextVae.Charts;
using Research.TextVae.Experiments;
using Research.TextVae.Reports;

namespace Research.TextVae.Tests.Charts;

/// <summary>A report with every kind of content, filled with plausible numbers and with hostile texts.</summary>
internal static class SampleReport
{
    /// <summary>Texts that a model might write and a page must only show.</summary>
    public static readonly string[] Hostile =
    [
        "<script>document.title='owned'</script> she said </script><!-- \"quoted\" & 'so'",
        "<img src=x onerror=\"document.title='owned'\"> `<b>code</b>` <s> <unk> </s>",
        "control \u0000\u0007\u001B[31m\u0085 and lines\u2028and\u2029ends",
        "\u202Eright to left override\u202C and שלום עולם مرحبا",
        new string('w', 400),
        "",
    ];

    private static readonly (string Name, double Beta, double Rate, double Distortion, double Mi, int Au)[] Members =
    [
        ("β = 0", 0, 31.4, 78.9, 8.6, 16), ("β = 0.1", 0.1, 17.2, 84.6, 8.1, 15), ("β = 0.25", 0.25, 8.3, 91.2, 6.9, 9),
        ("β = 0.5", 0.5, 1.1, 97.8, 1.0, 1), ("β = 1", 1, 0.03, 98.9, 0.02, 0),
    ];

    public static Figure Training(int points = 400)
    {
        var random = new Random(7);
        double[] steps = [.. Enumerable.Range(1, points).Select(i => 5.0 * i)];
        return TrainingCurves.Of(
            Members.Select(member => new TrainingCurve(
                member.Name,
                steps,
                [.. steps.Select(step => member.Distortion + 62 * Math.Exp(-step / 330) + 1.6 * (random.NextDouble() - 0.5))],
                [.. steps.Select(step => member.Rate * (1 - Math.Exp(-step / 500)) + 6 * Math.Exp(-step / 120)
                    + 0.2 * random.NextDouble())])),
            ordered: true);
    }

    public static Figure Rate() => RateDistortion.Of(Members.Select(member => new RatePoint(member.Name, member.Rate, member.Distortion)));

    public static Figure Means()
    {
        var random = new Random(3);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        string[] books = ["Emma", "Mansfield Park", "Northanger Abbey", "Persuasion", "Pride and Prejudice", "Sense and Sensibility"];
        int[] labels = [.. Enumerable.Range(0, 600).Select(_ => random.Next(books.Length))];
        return PosteriorMeans2D.Of(
            [.. labels.Select(label => Normal() * 0.6 + 1.4 * Math.Cos(label))],
            [.. labels.Select(label => Normal() * 0.6 + 1.4 * Math.Sin(label))],
            [.. labels.Select(label => books[label])],
            [.. labels.Select((_, i) => Hostile[i % Hostile.Length])]);
    }

    /// <summary>Points that fall into the prior, as posterior means do when the posterior collapses.</summary>
    public static Figure Animation()
    {
        string[] books = ["Emma", "Persuasion"];
        Figure At(int epoch) => PosteriorMeans2D.Of(
            [.. Enumerable.Range(0, 40).Select(i => 5 * Math.Cos(i) / (1 + epoch) + (i % 2) * 2.0 / (1 + epoch))],
            [.. Enumerable.Range(0, 40).Select(i => 3 * Math.Sin(i * 1.7) / (1 + epoch))],
            [.. Enumerable.Range(0, 40).Select(i => books[i % 2])]);
        return Figure.Frames("epoch", Enumerable.Range(0, 5).Select(epoch => ($"{epoch}", At(epoch))))
            .Title("Posterior means over training");
    }

    public static Figure KlHeatmap() => KlPerDimension.Of(Members.Select(member =>
        (member.Name, (IReadOnlyList<double>)[.. Enumerable.Range(0, 32).Select(d => member.Rate * 0.16 * Math.Exp(-d * 0.17))])));

    public static Figure EveryTrace()
    {
        var random = new Random(5);
        double[] Draws(double mean) => [.. Enumerable.Range(0, 200).Select(_ => mean + random.NextDouble() + random.NextDouble())];
        double[] x = [1, 2, 3, 4, 5];
        return Figure.Grid(
            3,
            Figure.Of(Line.Of(x, x.Select(value => value * value), "mean").Spread(x)).Title("Line and band").X("epoch").Y("nats")
                .HLine(12, "target").Annotate(2, 4, "here", arrow: true),
            Figure.Of(Bar.Of(new[] { "a", "b", "<s>" }, new[] { 3, 1, 2 }, "count", [0.3, 0.2, 0.4])).Title("Bars").X("token").Y("count"),
            Figure.Of(Histogram.Of(Draws(0), "length", 30)).Title("Histogram").X("tokens").Y("sentences").VLine(1, "mean"),
            Figure.Of(Box.Of(Draws(0), "β = 0.1"), Box.Of(Draws(1), "β = 1")).Title("Box").Y("nats"),
            Figure.Of(Violin.Of(Draws(0), "β = 0.1"), Violin.Of(Draws(1), "β = 1")).Title("Violin").Y("nats"),
            Figure.Of(Scatter.Of(x, x.Select(value => Math.Pow(10, value)), "time", labels: ["1", "2", "3", "4", "5"])).Title("Logarithmic")
                .X("size").Y("ms").LogY())
            .Title("Every kind of trace");
    }

    public static HtmlReport Build() => new HtmlReport("Rate and collapse in an LSTM text autoencoder")
        .Subtitle(
            "A β sweep on the six novels of Jane Austen: five LSTM VAEs with 16 latent dimensions, differing only in the weight of the "
                + "KL term.")
        .Section("Summary")
        .Tiles(
            new Tile("Lowest IW-NLL", "91.4", "nats", "β = 0.25"), new Tile("Perplexity", "71.8", "", "β = 0.25"),
            new Tile("Collapse", "2 of 5", "", "active units = 0 or KL < 0.5"), new Tile("Training speed", "21,400", "tokens/s"),
            new Tile("Wall time", "4 min 12 s"))
        .Text("With a KL weight of one the decoder ignores the code and the posterior collapses onto the prior. Lowering the weight buys "
            + "information at the price of likelihood: below `β = 0.25` every unit is in use, but the importance-weighted likelihood is "
            + "**worse**.")
        .Table(
            ReportTable.Of(Members).Text("Member", m => m.Name).Number("Reconstruction (nats)", m => m.Distortion, "0.0", Best.Lowest)
                .Number("KL (nats)", m => m.Rate)
                .Number("−ELBO (nats)", m => m.Distortion + m.Rate, "0.0", Best.Lowest).Number("MI (nats)", m => m.Mi)
                .Number("Active units", m => m.Au, "0")
                .Number("Reconstruction BLEU", m => m.Beta == 1 ? null : 40 - 30 * m.Beta, "0.0", Best.Highest),
            "Test split, sums over the tokens of a sentence, averaged over sentences. The best number of a column is set in colour.")
        .Section("Expectations")
        .Expectations(
        [
            new("KL falls as β grows", true, "31.40 > 17.20 > 8.30 > 1.10 > 0.03"),
            new("At β = 1 the posterior collapses: KL < 0.5 nats or no active unit", true, "KL 0.03 nats, 0 active units"),
            new("Low β has the higher IW-NLL", false, "IW-NLL 99.1 at β = 0, 99.4 at β = 1: expected the first to be larger"),
        ])
        .Section("Training")
        .Text("Each point is the mean over a group of steps.")
        .Figure(Training(), "Loss terms on the training split. All members start from the same weights.")
        .Figure(
            KlWeightSchedule.Of([0, 400, 2000], Members.Select(m => (m.Name, (IReadOnlyList<double>)[0, m.Beta, m.Beta])), ordered: true),
            "Linear warm-up over the first 400 steps, then constant.")
        .Section("Rate and distortion")
        .Figure(Rate(), "Each point is a trained model. Dashed lines join points of equal −ELBO.")
        .Section("Posterior collapse")
        .Figure(KlHeatmap(), "A row is a model; dimensions are sorted within each row.")
        .Figure(
            MutualInformationAndActiveUnits.ByRun(
                [.. Members.Select(m => m.Name)], [.. Members.Select(m => m.Mi)], [.. Members.Select(m => (double)m.Au)]),
            "Mutual information with the aggregate posterior over the whole test split.")
        .Section("Latent space")
        .Figure(Means(), "Posterior means of 600 test sentences, coloured by novel.")
        .Section("Texts")
        .Samples(
            "Reconstructions, β = 0.25", ["Source", "Greedy", "T = 0.7"],
            [
                ["she was not in the least surprised at the visit .", "she was not in the least degree of the visit .",
                    "she was not at all inclined to the visit ."],
                ["it was a very fine day , and they walked to highbury .", "it was a very fine morning , and they walked to the house .",
                    "it was a fine day , and she went to hartfield ."],
                [Hostile[0], Hostile[1], Hostile[2]],
            ])
        .Interpolation(
            "Interpolation between two posterior means, β = 0.25",
            ["i am not afraid of you .", "i am not sure of you .", "i am very sure of it .", "he was very sure of it .",
                "he was very glad to see her .", "he was delighted to see her again ."])
        .Samples("Samples from the prior, β = 0.25",
            ["“ i do not know what you mean , ” said elinor .", "the <unk> was soon at the door .", .. Hostile])
        .Section("Figures of every kind")
        .Figure(EveryTrace(), "For comparison.")
        .Section("How this was made")
        .Details("Configuration",
            [("recipe", "vae-beta-sweep"), ("seed", "1"), ("latent", "16"),
                ("command line", "./textvae run recipes/vae-beta-sweep.csx -p epochs=6 --seed 1")])
        .Details("Environment", "LibTorch 1.13.1\nOpenBLAS 0.3.21, 2 threads\n" + Hostile[0]);
}
