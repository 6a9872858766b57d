using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Tokenizers;
using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Models;

public sealed class SkipGramTests
{
    [Fact]
    public void Gradients_agree_with_finite_differences()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var model = new SkipGram(8, 3);
        model.to(ScalarType.Float64);
        using (no_grad())
            foreach (var parameter in model.parameters())
                nn.init.uniform_(parameter, -1, 1);
        ModelChecks.GradientsAgreeWithFiniteDifferences(model, () =>
            model.Loss(tensor(new[] { 4L, 5, 4 }), tensor(new[] { 5L, 6, 7 }), tensor(new[,] { { 6L, 4 }, { 5, 5 }, { 7, 6 } })));
    }

    /// <summary>
    /// Words of two at a time whose pairs have known frequencies: with vectors as wide as the vocabulary the scores come to
    /// log( p(c|w) / p_n(c) ) − log k (Levy and Goldberg 2014, equation 7).
    /// </summary>
    [Fact]
    public void Scores_come_to_the_shifted_mutual_information()
    {
        const int negatives = 2;
        (int Word, int Context, int Times)[] pairs = [(4, 5, 40), (4, 6, 10), (5, 6, 25), (6, 7, 15), (5, 7, 10)];
        int[][] sentences = [.. pairs.SelectMany(pair => Enumerable.Repeat(new[] { pair.Word, pair.Context }, 20 * pair.Times))];
        var options = new SkipGramOptions { Window = 1, Negatives = negatives, Subsampling = 1e9, NoisePower = 0.75 };
        using var model = Train(sentences, width: 8, options, new TrainingOptions
        {
            Epochs = 60,
            BatchSize = 500,
            LearningRate = 0.03,
            LearningRatePatience = 2,
            EarlyStoppingPatience = 60,
        });

        double Pairs(int word, int context) =>
            pairs.Where(pair => (pair.Word, pair.Context) == (word, context) || (pair.Word, pair.Context) == (context, word))
                .Sum(pair => pair.Times);
        double Count(int word) => Enumerable.Range(4, 4).Sum(context => Pairs(word, context));
        double Noise(int word) => Math.Pow(Count(word), 0.75) / Enumerable.Range(4, 4).Sum(other => Math.Pow(Count(other), 0.75));
        foreach (var (word, context, _) in pairs)
        {
            var expected = Math.Log(Pairs(word, context) / Count(word) / Noise(context)) - Math.Log(negatives);
            var score = model.Score(tensor(new[] { (long)word }), tensor(new[] { (long)context }).unsqueeze(1)).item<float>();
            Assert.True(Math.Abs(score - expected) < 0.15, $"{word}, {context}: {score:0.000} for {expected:0.000}");
        }
    }

    /// <summary>Words that stand in the same places are each other's nearest neighbours, though they never stand side by side.</summary>
    [Fact]
    public void Words_of_a_class_are_nearest_to_each_other()
    {
        const int classes = 4, members = 5;
        var random = new StableRandom(2);
        int Word(int c) => Vocabulary.Markers.Count + c * members + random.Next(members);
        int[][] patterns = [[0, 1, 2], [2, 3, 0], [1, 3]];
        int[][] sentences = [.. Enumerable.Range(0, 3000).Select(_ => Array.ConvertAll(patterns[random.Next(patterns.Length)], Word))];
        var options = new SkipGramOptions { Window = 2, Subsampling = 1e9 };
        using var model = Train(sentences, width: 8, options, new TrainingOptions { Epochs = 8, BatchSize = 64, LearningRate = 0.02 });
        var vectors = new WordVectors(model.Table, sentences);

        for (var word = 0; word < classes * members; word++)
        {
            var nearest = vectors.Nearest(Vocabulary.Markers.Count + word, members - 1);
            Assert.All(nearest, neighbour => Assert.Equal(word / members, (neighbour.Index - Vocabulary.Markers.Count) / members));
        }
    }

    /// <summary>Every table of words receives the vectors at its own scale; markers and words without a vector keep what they
    /// had.</summary>
    [Fact]
    public void A_model_can_begin_with_the_vectors()
    {
        manual_seed(3);
        using var skipGram = new SkipGram(9, 6);
        var vectors = new WordVectors(skipGram.Table, [[4, 5, 6], [7]]);
        using var model = new LstmVaeConfig { EmbeddingSize = 6, HiddenSize = 5, LatentSize = 2 }.Build(9);
        string[] names = ["decoder_embedding.weight", "encoder_embedding.weight"];
        var before = names.ToDictionary(name => name, name => model.get_parameter(name)!.detach().clone());

        vectors.Initialise(model);

        foreach (var name in names)
        {
            var table = model.get_parameter(name)!.detach();
            foreach (var row in new[] { 0, 1, 2, 3, 8 })
                Assert.True(table[row].Equals(before[name][row]), $"{name}, row {row}");
            var cosines = nn.functional.normalize(table[4..8]).mul(nn.functional.normalize(skipGram.Table[4..8])).sum(1);
            Assert.All(cosines.data<float>().ToArray(), cosine => Assert.Equal(1, cosine, 4));
            Assert.Equal(before[name].std().item<float>(), table[4..8].std().item<float>(), 4);
        }

        using var wide = new LstmVaeConfig { EmbeddingSize = 7, HiddenSize = 5, LatentSize = 2 }.Build(9);
        Assert.Contains("width 6", Assert.Throws<UserException>(() => vectors.Initialise(wide)).Message, StringComparison.Ordinal);
        Assert.Empty(vectors.Nearest(8, 3));
        Assert.Equal(3, vectors.Nearest(4, 10).Count);
    }

    private static SkipGram Train(int[][] sentences, int width, SkipGramOptions options, TrainingOptions training)
    {
        var model = Trainer.Build(() => new SkipGram(4 + 24, width), seed: 5);
        Trainer.Fit(new SkipGramTask(model, sentences, sentences, options), training, seed: 7);
        return model;
    }
}
