using Research.TextVae.Experiments;
using Research.TextVae.Models;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Experiments;

public sealed class StoredWeightsTests
{
    [Fact]
    public void A_variant_loads_what_another_of_its_seed_has_saved()
    {
        var runs = Directory.CreateTempSubdirectory("textvae-");
        var config = new RecurrentLmConfig { EmbeddingSize = 4, HiddenSize = 4 };
        var saved = new Dictionary<ulong, float[]>();
        var loaded = new Dictionary<ulong, float[]>();
        static float[] Weights(nn.Module model) => model.parameters().First().data<float>().ToArray();
        try
        {
            var code = Recipe.Run(["--runs", runs.FullName], "stored", "Stored weights", recipe => recipe.Study()
                .Seeds(2)
                .Variant("first", variant =>
                {
                    var model = variant.Build(() => config.Build(9));
                    var (copy, bytes) = variant.SaveAndLoad(model, () => config.Build(9));
                    Assert.Equal(Weights(model), Weights(copy));
                    Assert.Equal(bytes, variant.Save(model));
                    saved[variant.Seed] = Weights(model);
                })
                .Variant("second", variant => loaded[variant.Seed] = Weights(variant.Load("first", () => config.Build(9)))));

            Assert.Equal(0, code);
            Assert.Equal(2, loaded.Count);
            Assert.All(loaded, entry => Assert.Equal(saved[entry.Key], entry.Value));
        }
        finally
        {
            runs.Delete(recursive: true);
        }
    }
}
