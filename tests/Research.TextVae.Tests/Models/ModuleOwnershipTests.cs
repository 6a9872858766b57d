using Research.TextVae.Compression;
using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Synthetic;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Models;

/// <summary>A module that is built inside a dispose scope keeps its weights when the scope ends.</summary>
public sealed class ModuleOwnershipTests
{
    public static TheoryData<string> Families => ModelFamilies.Names;

    [Theory]
    [MemberData(nameof(Families))]
    public void A_model_outlives_the_scope_it_was_built_in(string family)
    {
        nn.Module model;
        Func<Tensor> loss;
        using (NewDisposeScope())
        {
            (model, loss) = ModelFamilies.Build(family);
            // What it prepares at its first use is its own too.
            loss();
        }

        using (model)
        using (NewDisposeScope())
        {
            KeepsItsTensors(model);
            loss().backward();
            Assert.All(model.parameters(), parameter => Assert.NotNull(parameter.grad));
            model.eval();
            Assert.True(float.IsFinite(loss().item<float>()));
        }
    }

    /// <summary>The families above are all there are.</summary>
    [Fact]
    public void Every_module_of_the_library_is_part_of_one_of_the_families()
    {
        var seen = ((IEnumerable<object[]>)Families).SelectMany(row =>
        {
            using var model = ModelFamilies.Build((string)row[0]).Model;
            return model.modules().Append(model).Select(module => module.GetType()).ToList();
        }).ToHashSet();
        // Built in the tests below.
        seen.UnionWith([typeof(Int8LstmLm), typeof(Int8Linear), typeof(LabelClassifier), typeof(LstmOracle), typeof(OracleVae)]);

        var all = typeof(IAutoregressiveModel).Assembly.GetTypes()
            .Where(type => type.IsAssignableTo(typeof(nn.Module)) && !type.IsAbstract);
        Assert.All(all, type => Assert.Contains(type, seen));
    }

    [Fact]
    public void An_int8_model_outlives_the_scope_it_was_made_in_and_its_original_too()
    {
        RecurrentLm original;
        Int8LstmLm rounded, empty;
        using (NewDisposeScope())
        {
            var config = new RecurrentLmConfig { EmbeddingSize = 7, HiddenSize = 9, Layers = 2, TieOutput = true };
            original = config.Build(23);
            rounded = Int8LstmLm.Quantize(original);
            empty = new Int8LstmLm(config, 23);
        }

        using (original)
        using (rounded)
        using (empty)
        using (NewDisposeScope())
        {
            foreach (var model in new LanguageModel[] { original, rounded, empty })
            {
                KeepsItsTensors(model);
                Assert.True(float.IsFinite(model.NegativeLogLikelihood(Sentences.Batch([4, 5], [6])).Total.item<float>()));
            }
        }
    }

    [Fact]
    public void A_classifier_outlives_the_scope_it_was_trained_in()
    {
        LabelClassifier classifier;
        var mixture = new MarkovMixture(seed: 1, classes: 2, words: 9, meanLength: 4, concentration: 0.1);
        var sentences = mixture.Sample(60, 2).WithClasses(["class 0", "class 1"]);
        using (NewDisposeScope())
            classifier = LabelClassifier.Train(sentences, sentences, mixture.Vocabulary, 2, seed: 3, epochs: 2);
        using (classifier)
        {
            KeepsItsTensors(classifier);
            Assert.InRange(classifier.Accuracy(sentences), 0.1, 1);
        }
    }

    [Fact]
    public void An_oracle_and_word_vectors_outlive_the_scope_they_were_made_in()
    {
        LstmOracle oracle;
        OracleVae learned;
        WordVectors vectors;
        using (NewDisposeScope())
        {
            oracle = new LstmOracle(1, words: 9, length: 3, width: 5);
            learned = new OracleVae(oracle, width: 4);
            using var model = new SkipGram(7, 3);
            vectors = new WordVectors(model.Table, [[4, 5, 6]]);
        }

        using (learned)
        using (NewDisposeScope())
        {
            KeepsItsTensors(oracle);
            KeepsItsTensors(learned);
            Assert.True(float.IsFinite(learned.Elbo(Sentences.Batch([4, 5, 6])).Reconstruction.Total.item<float>()));
            Assert.Equal(3, oracle.Sample(3, 1).Sentences.Count);
            Assert.Equal(2, vectors.Nearest(4, 2).Count);
        }
    }

    private static void KeepsItsTensors(nn.Module module)
    {
        var parameters = module.named_parameters().Select(entry => KeyValuePair.Create(entry.name, (Tensor)entry.parameter));
        var tensors = module.state_dict().Concat(parameters).ToList();
        Assert.NotEmpty(tensors);
        Assert.All(tensors, entry => Assert.False(entry.Value.IsInvalid, entry.Key));
        Assert.All(tensors, entry => Assert.True(entry.Value.to_type(ScalarType.Float64).sum().isfinite().item<bool>(), entry.Key));
    }
}
