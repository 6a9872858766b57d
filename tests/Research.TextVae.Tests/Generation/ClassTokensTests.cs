using Research.TextVae.Evaluation;
using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Text;
using Research.TextVae.Training;

namespace Research.TextVae.Tests.Generation;

public sealed class ClassTokensTests
{
    /// <summary>Two classes of one sentence each: after training, the class decides which of them is written, and no class token is in
    /// it.</summary>
    [Fact]
    public void A_language_model_learns_to_write_texts_of_a_class()
    {
        const int vocabulary = 7;
        Sentence Of(string label) => new(label, "", label);
        var sentences = new EncodedSentences(
            [.. Enumerable.Range(0, 64).Select(i => i % 2 == 0 ? new[] { 4, 5 } : [6, 5, 6])],
            [.. Enumerable.Range(0, 64).Select(i => Of(i % 2 == 0 ? "a" : "b"))]).WithClasses(["a", "b"]);
        var marked = sentences.WithClassTokens(vocabulary);
        Assert.Equal([7, 4, 5], marked[0]);
        Assert.Equal([8, 6, 5, 6], marked[1]);
        TorchSharp.torch.manual_seed(1);
        using var model = new RecurrentLmConfig { EmbeddingSize = 8, HiddenSize = 16, Dropout = 0 }.Build(vocabulary + 2);
        var training = new TrainingOptions { Epochs = 40, BatchSize = 8, LearningRate = 0.02 };
        Trainer.Fit(new LanguageModelTask(model, marked, marked), training, seed: 1);

        Assert.All(model.GenerateClass(vocabulary, 0, 5, GenerationOptions.Greedy, 1), text => Assert.Equal([4, 5], text));
        Assert.All(model.GenerateClass(vocabulary, 1, 5, GenerationOptions.Greedy, 1), text => Assert.Equal([6, 5, 6], text));
        // The class is given, so all that is left to be predicted is certain.
        Assert.InRange(Likelihood.Evaluate(model, marked, given: 1).Nll, 0, 0.1);
        Assert.InRange(Likelihood.Evaluate(model, marked).Nll, Math.Log(2) - 0.1, Math.Log(2) + 0.2);
        Assert.Throws<UserException>(() => { _ = new EncodedSentences([[4]], [Of("a")]).WithClassTokens(vocabulary); });
    }
}
