using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Models.NGram;
using Research.TextVae.Support;
using Research.TextVae.Text;

namespace Research.TextVae.Tests.Evaluation;

public sealed class LikelihoodTests
{
    [Fact]
    public void Of_an_n_gram_model_it_is_the_sum_over_predicted_tokens()
    {
        var sentences = new EncodedSentences([[4, 5], [5, 4, 4]], [new Sentence("a b", "", ""), new Sentence("b a a", "", "")]);
        var model = NGramModel.Train(sentences, vocabulary: 6, order: 2);

        var likelihood = Likelihood.Evaluate(model, sentences);

        Assert.Equal(7, likelihood.Tokens);
        Assert.Equal([model.SentenceNll([4, 5]), model.SentenceNll([5, 4, 4])], likelihood.PerSentence);
        Assert.Equal(model.Perplexity(sentences), likelihood.Perplexity, 12);
    }

    /// <summary>Given tokens are not predicted: log p(x) is that of the given ones and that of the others together.</summary>
    [Fact]
    public void Given_tokens_do_not_count()
    {
        TorchSharp.torch.manual_seed(1);
        using var model = new RecurrentLmConfig { EmbeddingSize = 4, HiddenSize = 5 }.Build(8);
        var (two, one) = (new Sentence("a b", "", ""), new Sentence("b", "", ""));
        var (whole, first) = (new EncodedSentences([[7, 4, 5], [6, 4]], [two, one]), new EncodedSentences([[7], [6]], [two, one]));

        var given = Likelihood.Evaluate(model, whole, given: 1);

        // −log p of the first token alone: of the text that it is, less its end.
        var ends = Likelihood.Evaluate(model, first, given: 1).PerSentence;
        var firsts = Likelihood.Evaluate(model, first).PerSentence.Zip(ends, (a, b) => a - b);
        Assert.Equal(5, given.Tokens);
        Assert.All(Likelihood.Evaluate(model, whole).PerSentence.Zip(firsts, (all, own) => all - own).Zip(given.PerSentence),
            nats => Assert.Equal(nats.First, nats.Second, 1e-5));
    }

    [Fact]
    public void Nothing_cannot_be_evaluated()
    {
        var model = NGramModel.Train([[4]], vocabulary: 5, order: 1);
        Assert.Throws<UserException>(() => Likelihood.Evaluate(model, new EncodedSentences([], [])));
    }
}
