using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Tests.Generation;

public sealed class LatentWalkTests
{
    [Fact]
    public void Walks_between_pairs_of_sentences()
    {
        string[] texts = ["a b", "b", "a", "b a b"];
        var tokenizer = WordTokenizer.Train(texts, new WordTokenizerOptions());
        var sentences = new EncodedSentences(
            [.. texts.Select(text => tokenizer.EncodeToIds(text).ToArray())], [.. texts.Select(text => new Sentence(text, "", ""))]);
        using var model = new LstmVaeConfig { EmbeddingSize = 4, HiddenSize = 4, LatentSize = 2 }.Build(tokenizer.Vocabulary.Count);

        var walks = LatentWalk.Between(model, sentences, tokenizer, steps: 3, GenerationOptions.Greedy with { MaxTokens = 4 });

        Assert.Equal([("a b", "b"), ("a", "b a b")], walks.Select(walk => (walk.From, walk.To)));
        Assert.All(walks, walk => Assert.Equal(5, walk.Texts.Count));
        var first = model.Generate(model.EncodeMeans(sentences.Subset([0])), GenerationOptions.Greedy with { MaxTokens = 4 })[0];
        Assert.Equal(tokenizer.Decode(first), walks[0].Generated[0]);
    }
}
