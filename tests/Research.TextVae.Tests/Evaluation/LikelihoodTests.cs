using Research.TextVae.Evaluation;
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

    [Fact]
    public void Nothing_cannot_be_evaluated()
    {
        var model = NGramModel.Train([[4]], vocabulary: 5, order: 1);
        Assert.Throws<UserException>(() => Likelihood.Evaluate(model, new EncodedSentences([], [])));
    }
}
