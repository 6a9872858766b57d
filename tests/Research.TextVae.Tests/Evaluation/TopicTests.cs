using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Tokenizers;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Evaluation;

public sealed class TopicTests
{
    [Fact]
    public void Words_are_those_whose_logits_a_step_changes_most()
    {
        var vocabulary = WordTokenizer.Train(["a b c d"], new WordTokenizerOptions()).Vocabulary;
        using var model = new BagOfWordsVaeConfig { HiddenSize = 3, LatentSize = 1, DecoderHiddenSize = 0 }.Build(vocabulary.Count);
        using (no_grad())
        {
            var weight = model.state_dict()["output.weight"];
            weight.zero_();
            weight[vocabulary.IdOf("c"), 0] = 2;
            weight[vocabulary.IdOf("b"), 0] = -1;
            weight[0, 0] = 9;
        }

        var topic = Assert.Single(Topic.Of(model, new BagOfWordsSet([[4, 5], [6]]), vocabulary, first: 4, words: 1));

        Assert.Equal(["c"], topic.More);
        Assert.Equal(["b"], topic.Less);
        Assert.Equal("b", topic.ToRow()[2]);
    }
}
