using System.Text.Json;
using Research.TextVae.Models;
using Research.TextVae.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Models;

public sealed class DenseModelTests
{
    private const int Vocabulary = 7;

    // A word twice, an empty document, a word in two documents.
    private static readonly int[][] _documents = [[4, 5, 4], [], [6, 5], [3]];

    public static TheoryData<ModelConfig> Configs { get; } =
    [
        new DenseAutoencoderConfig { Encoder = [4, 3], Decoder = [4] },
        new DenseAutoencoderConfig { Encoder = [3], Decoder = [], Loss = ReconstructionLoss.CrossEntropy },
        new DenseAutoencoderConfig { Encoder = [2], Decoder = [3], Linear = true },
        new DenseAutoencoderConfig { Encoder = [4, 3], Decoder = [4], LinearCode = true },
        new GaussianVaeConfig { HiddenSizes = [4, 3], LatentSize = 2, Deviation = 0.5 },
        new GaussianVaeConfig { HiddenSizes = [], LatentSize = 2 },
        new BagOfWordsVaeConfig { HiddenSize = 4, LatentSize = 2, DecoderHiddenSize = 3 },
        new BagOfWordsVaeConfig { HiddenSize = 4, LatentSize = 2, DecoderHiddenSize = 0 },
        new BagOfWordsVaeConfig { HiddenSize = 4, LatentSize = 2, DecoderHiddenSize = 3, PosteriorBatchNormScale = 0.5 },
    ];

    [Theory]
    [MemberData(nameof(Configs))]
    public void Gradients_agree_with_finite_differences_and_every_parameter_learns(ModelConfig config)
    {
        manual_seed(1);
        using var model = config.Build(Vocabulary);
        model.to(ScalarType.Float64);
        // A bias at 0 lies on the corner of ReLU for the empty document.
        using (no_grad())
        {
            foreach (var weight in model.parameters())
                weight.add_(rand_like(weight) * 0.2);
        }

        var loss = Loss(model);
        ModelChecks.GradientsAgreeWithFiniteDifferences(model, loss);
        model.zero_grad();
        ModelChecks.OneStepChangesEveryParameter(model, loss);
    }

    [Theory]
    [MemberData(nameof(Configs))]
    public void Configs_go_through_JSON(ModelConfig config)
    {
        var json = JsonSerializer.Serialize(config, Json.Compact);

        Assert.Contains("\"family\"", json, StringComparison.Ordinal);
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<ModelConfig>(json, Json.Compact), Json.Compact));
    }

    /// <summary>A code after ReLU has no negative values, a linear one has.</summary>
    [Fact]
    public void A_linear_code_takes_both_signs()
    {
        torch.manual_seed(1);
        using var scope = torch.NewDisposeScope();
        var x = torch.rand(50, 6);
        using var rectified = new DenseAutoencoderConfig { Encoder = [4, 3], Decoder = [4] }.Build(6);
        using var linear = new DenseAutoencoderConfig { Encoder = [4, 3], Decoder = [4], LinearCode = true }.Build(6);

        Assert.True(rectified.Encode(x).ge(0).all().item<bool>());
        Assert.True(linear.Encode(x).lt(0).any().item<bool>());
    }

    [Fact]
    public void A_reset_of_the_bags_of_words_decoder_leaves_the_encoder()
    {
        using var scope = NewDisposeScope();
        var config = new BagOfWordsVaeConfig { HiddenSize = 4, LatentSize = 2, DecoderHiddenSize = 3 };
        var (model, fresh) = (config.Build(9), config.Build(9));
        var before = model.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.clone());
        var encoder = model.EncoderParameters().Select(parameter => parameter.Handle).ToHashSet();

        model.ResetDecoder(fresh);

        var replaced = fresh.state_dict();
        Assert.All(model.named_parameters(), entry => Assert.Equal(
            (encoder.Contains(entry.parameter.Handle) ? before : replaced)[entry.name].data<float>()
                .ToArray(), entry.parameter.data<float>().ToArray()));
    }

    [Fact]
    public void Mistakes_are_named()
    {
        Assert.Contains("Encoder", Assert.Throws<UserException>(() => new DenseAutoencoderConfig { Encoder = [] })
            .Message, StringComparison.Ordinal);
        Assert.Contains("A width in HiddenSizes is 0", Assert.Throws<UserException>(() => new GaussianVaeConfig { HiddenSizes = [0] })
            .Message, StringComparison.Ordinal);
        Assert.Throws<UserException>(() => new DenseAutoencoderConfig { Linear = true, Loss = ReconstructionLoss.CrossEntropy }.Build(3));
        Assert.Contains("1 to 3", Assert.Throws<UserException>(() => Pca.Fit(rand(5, 3), 4)).Message, StringComparison.Ordinal);
    }

    /// <summary>p(x|z) as a product over the words one by one, and the encoder's first layer as a product with the dense counts.</summary>
    [Fact]
    public void Sparse_bags_give_what_dense_counts_give()
    {
        manual_seed(2);
        using var model = new BagOfWordsVaeConfig { HiddenSize = 5, LatentSize = 2, DecoderHiddenSize = 3 }.Build(Vocabulary);
        var bags = BagOfWords.From(_documents, CPU);
        var z = randn(_documents.Length, 2);

        var losses = model.NegativeLogLikelihood(bags, z).PerSentence().data<float>().ToArray();
        var probabilities = model.Logits(z).softmax(1);
        for (var document = 0; document < _documents.Length; document++)
            Assert.Equal(_documents[document].Sum(word => -Math.Log(probabilities[document, word].item<float>())), losses[document], 1e-5);

        var counts = zeros(_documents.Length, Vocabulary);
        for (var document = 0; document < _documents.Length; document++)
            foreach (var word in _documents[document])
                counts[document, word] += 1;
        var state = model.state_dict();
        var hidden = (counts.matmul(state["input.weight"]) + state["input_bias"]).relu();
        var means = hidden.matmul(state["posterior.linear.weight"].t()) + state["posterior.linear.bias"];
        Assert.True(means.slice(1, 0, 2, 1).allclose(model.Encode(bags).Mean, atol: 1e-6));
    }

    /// <summary>A linear autoencoder cannot be better than PCA, and trained long enough it is as good (Baldi and Hornik 1989).</summary>
    [Fact]
    public void A_linear_autoencoder_ends_where_principal_components_are()
    {
        manual_seed(3);
        var data = Data(400);
        using var model = new DenseAutoencoderConfig { Encoder = [2], Decoder = [], Linear = true }.Build(6);
        var optimum = Pca.Fit(data, 2).Loss(data).item<float>();

        var loss = Train(model, () => model.Loss(data), steps: 1500, rate: 2e-2);

        Assert.InRange(loss, optimum * (1 - 1e-4), optimum * (1 + 1e-3));
        // What the components leave out is the variance of the others.
        var all = Pca.Fit(data, 6);
        Assert.Equal(all.Variances.slice(0, 2, 6, 1).sum().item<float>() / 6, optimum, 1e-5);
        Assert.True(all.Components.matmul(all.Components.t()).allclose(eye(6), atol: 1e-5));
        Assert.Equal(0, all.Loss(data).item<float>(), 1e-9);
    }

    /// <summary>
    /// A linear VAE of noise s² is at best probabilistic PCA: its −ELBO reaches −log N(x; μ, W Wᵀ + s² I) with W Wᵀ = V (Λ − s²) Vᵀ
    /// over the leading components, since the true posterior is Gaussian with diagonal covariance (Lucas et al. 2019).
    /// </summary>
    [Fact]
    public void A_linear_Gaussian_VAE_reaches_the_likelihood_of_probabilistic_PCA()
    {
        manual_seed(4);
        const double deviation = 0.5;
        var data = Data(400);
        var pca = Pca.Fit(data, 6);
        var variances = pca.Variances.data<float>().ToArray().Select(value => (double)value).ToArray();
        // In the basis of the components both the model's and the data's covariance are diagonal.
        var truth = variances.Select((variance, i) => (variance, model: i < 2 ? variance : deviation * deviation))
            .Sum(at => 0.5 * (Math.Log(2 * Math.PI * at.model) + at.variance / at.model));
        using var model = new GaussianVaeConfig { HiddenSizes = [], LatentSize = 2, Deviation = deviation }.Build(6);

        var loss = Train(
            model,
            () =>
            {
                var terms = model.Elbo(new VectorBatch(data));
                return (terms.Reconstruction.Total + terms.Kl.sum()) / terms.Size;
            },
            steps: 2000, rate: 1e-2, average: 200);

        Assert.InRange(loss, truth - 0.02, truth + 0.05);
    }

    /// <summary>Documents of two topics with no word in common: the code must tell the topic, which is worth log 2 nats.</summary>
    [Fact]
    public void A_bag_of_words_VAE_finds_two_topics()
    {
        manual_seed(5);
        var documents = Enumerable.Range(0, 60).Select(i => Enumerable.Range(0, 8).Select(j => (i % 2 * 4) + 4 + ((i + j) % 4)).ToArray())
            .ToArray();
        using var model = new BagOfWordsVaeConfig { HiddenSize = 16, LatentSize = 2, DecoderHiddenSize = 16 }.Build(12);
        var bags = BagOfWords.From(documents, CPU);

        var loss = Train(
            model,
            () =>
            {
                var terms = model.Elbo(bags);
                return (terms.Reconstruction.Total + terms.Kl.sum()) / terms.Size;
            },
            steps: 400, rate: 1e-2, average: 50);

        // −log p of eight words, each one of its topic's four, and of one of two topics.
        var truth = 8 * Math.Log(4) + Math.Log(2);
        Assert.InRange(loss, truth, truth + 0.7);
        using var _ = no_grad();
        var words = model.Logits(model.Encode(bags).Mean).softmax(1);
        Assert.All(Enumerable.Range(0, 60), i =>
            Assert.InRange(words[i].slice(0, 4 + (i % 2 * 4), 8 + (i % 2 * 4), 1).sum().item<float>(), 0.98f, 1f));
    }

    // Two strong directions among six.
    private static Tensor Data(int examples) =>
        randn(examples, 2).matmul(tensor(new[,] { { 1f, 1f, 1f, 0f, 0f, 0f }, { 0f, 0f, 0f, 0.8f, -0.8f, 0.8f } }))
            + randn(examples, 6) * 0.3 + 0.5;

    private static Func<Tensor> Loss(nn.Module model)
    {
        var data = rand(3, Vocabulary, ScalarType.Float64);
        var bags = BagOfWords.From(_documents, CPU);
        Tensor Sum(ElboTerms terms) => terms.Reconstruction.Total + terms.Kl.sum() * 0.7;
        return model switch
        {
            DenseAutoencoder autoencoder => () => autoencoder.Loss(data),
            GaussianVae vae => () => Sum(vae.Elbo(new VectorBatch(data), StandardNormal.Sample(3, 2, 1).to_type(ScalarType.Float64))),
            BagOfWordsVae vae => () => Sum(vae.Elbo(bags, StandardNormal.Sample(bags.Size, 2, 2).to_type(ScalarType.Float64))),
            _ => throw new ArgumentException(model.GetName()),
        };
    }

    // The mean loss of the last steps; the rate falls to nothing.
    private static double Train(nn.Module model, Func<Tensor> loss, int steps, double rate, int average = 1)
    {
        using var optimizer = optim.Adam(model.parameters(), rate);
        var last = 0.0;
        for (var step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            foreach (var group in optimizer.ParamGroups)
                group.LearningRate = rate * Math.Min(1, 2.0 * (steps - step) / steps);
            optimizer.zero_grad();
            var value = loss();
            value.backward();
            optimizer.step();
            if (step >= steps - average)
                last += value.item<float>() / average;
        }

        return last;
    }
}
