using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Generation;

public sealed class StopStringsTests
{
    private const string Said = "all the bells rang. And then: all was still";

    public static TheoryData<Tokenizer> Tokenizers { get; } =
    [
        BpeTokenizer.Train([Said, "all the bells, all the bells rang and rang. And then"], new BpeTokenizerOptions { MaxVocabulary = 300 }),
        CharTokenizer.Train([Said], new CharTokenizerOptions()),
    ];

    /// <summary>The text ends with the token that completes a stop string, wherever tokens begin and end.</summary>
    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void End_a_text_across_tokens(Tokenizer tokenizer)
    {
        var ids = tokenizer.EncodeToIds(Said).ToArray();
        using var model = new RecurrentLmConfig { EmbeddingSize = 4, HiddenSize = 4 }.Build(tokenizer.Vocabulary.Count);
        foreach (var stop in new[] { "g. A", "then", ": all w" })
        {
            var strings = new StopStrings(tokenizer, "never said", stop);
            var options = GenerationOptions.Greedy with { Processors = [new Dictated(ids)], Stop = strings };

            var written = TextGenerator.Generate(model, 2, options)[1];
            var beam = BeamSearch.Decode(Prompt.From(model, 1), new BeamOptions { Width = 2 }, options)[0][0];

            Assert.Equal(ids.Take(written.Length), written);
            Assert.Contains(stop, tokenizer.Decode(written), StringComparison.Ordinal);
            Assert.DoesNotContain(stop, tokenizer.Decode(written.SkipLast(1)), StringComparison.Ordinal);
            Assert.Equal(Said[..Said.IndexOf(stop, StringComparison.Ordinal)], strings.Text(written));
            Assert.Equal(written, beam.Tokens);
            Assert.True(beam.Ended);
        }
    }

    /// <summary>Leaves the model one way to go on.</summary>
    private sealed record Dictated(int[] Ids) : LogitsProcessor
    {
        public override Tensor Apply(Tensor logits, IReadOnlyList<IReadOnlyList<int>> written)
        {
            var only = full_like(logits, double.NegativeInfinity);
            for (var row = 0; row < written.Count; row++)
                only[row, written[row].Count < Ids.Length ? Ids[written[row].Count] : Vocabulary.EosId] = torch.tensor(0f);
            return only;
        }
    }
}
