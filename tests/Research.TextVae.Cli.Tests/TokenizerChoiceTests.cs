using Research.TextVae.Support;

namespace Research.TextVae.Cli.Tests;

/// <summary>Tokenizers of others through the real command line: GPT-2's by name, and one that a recipe makes.</summary>
public sealed class TokenizerChoiceTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void GPT2IsAUnitByName()
    {
        Run("", "-p", "unit=gpt2", "-p", "lowercase=false");

        var outcome = _place.TextVae("generate", "--prompt", "The Cat", "-n", "2");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        // The vocabulary is whole, and bytes have no unknown token.
        Assert.All(outcome.Output.TrimEnd('\n').Split('\n'), line => Assert.StartsWith("The Cat", line, StringComparison.Ordinal));
        Assert.Contains("expected one of word, character, bpe, gpt2", _place.TextVae("run", "my.csx", "-p", "unit=gpt3").Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void ATokenizerThatARecipeMakesIsGivenAgainByItsFile()
    {
        _place.Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\ncat\n##s\nsee\na\ndog\n.\n");
        _place.Write("other.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\ncats\n##s\nsee\na\ndog\n.\n");
        Run("Tokenizer = Microsoft.ML.Tokenizers.BertTokenizer.Create(\"vocab.txt\")");

        var refused = _place.TextVae("generate");
        var wrong = _place.TextVae("generate", "--tokenizer", "other.txt");
        var outcome = _place.TextVae("generate", "--tokenizer", "vocab.txt", "--prompt", "the cats", "-n", "2");

        Assert.Equal((ExitCode.UserError, ""), (refused.ExitCode, refused.Output));
        Assert.EndsWith(" or --tokenizer FILE on the command line.\n", refused.Error, StringComparison.Ordinal);
        Assert.EndsWith("has other tokens than the BertTokenizer that the run was trained with; give that one.\n", wrong.Error,
            StringComparison.Ordinal);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.All(outcome.Output.TrimEnd('\n').Split('\n'), line => Assert.StartsWith("the cats", line, StringComparison.Ordinal));
    }

    private void Run(string tokenizer, params string[] arguments)
    {
        string[] words = ["the", "cats", "see", "a", "dog"];
        _place.Write("text.txt", string.Join('\n', Enumerable.Range(0, 100)
            .Select(i => $"the {words[i % 5]} {words[i / 5 % 5]} {words[i / 25]} .")));
        _place.Write("my.csx", $$"""
            #load "{{Path.Combine(Workplace.Checkout, "recipes", "prelude.csx")}}"
            return Recipe.Run(Args, "my", "Mine", recipe =>
            {
                var options = new TextOptions { Validation = 0.2, Test = 0.2, {{tokenizer}} };
                var data = recipe.Data("text.txt", options);
                return recipe.Sweep("β", [0.5], β => new Trial
                {
                    Data = data,
                    Model = new LstmVaeConfig { EmbeddingSize = 4, HiddenSize = 4, LatentSize = 2 },
                    Objective = new ElboObjective { KlWeight = KlSchedule.Constant(β) },
                    Training = new TrainingOptions { Epochs = 1 },
                    Measures = new EvaluationOptions { IwSamples = 2, IwSentences = 5 },
                });
            });
            """);
        var outcome = _place.TextVae(["run", "my.csx", .. arguments]);
        Assert.True(outcome.ExitCode == 0, outcome.Error + outcome.Output);
    }
}
