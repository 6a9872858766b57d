using Research.TextVae.Generation;
using Research.TextVae.Kernels;
using Research.TextVae.Models;
using Research.TextVae.Models.NGram;
using Research.TextVae.Support;
using Research.TextVae.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Generation;

public sealed class PromptTests
{
    private const int Words = 30;

    /// <summary>Of different lengths, one empty; none is what a model would write.</summary>
    private static readonly int[][] _prefixes = [[4, 5, 6], [29], [], [7, 7, 7, 7, 7, 7, 7], [3, 12], [8, 9, 10, 11], [20], [25, 4, 25]];

    public static TheoryData<string, bool> Forms
    {
        get
        {
            var forms = new TheoryData<string, bool>();
            foreach (var family in Writer.Families)
            {
                forms.Add(family, true);
                forms.Add(family, false);
            }

            return forms;
        }
    }

    public static TheoryData<string> Families => Writer.Families;

    /// <summary>From every place of a text on, with filters that look back: the rest of it, greedy or drawn with the same seed.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public void A_text_goes_on_from_its_own_beginning(string family, bool fused)
    {
        using var form = fused ? null : KernelLibrary.Disable();
        using var writer = Writer.Of(family, Words);
        LogitsProcessor[] filters = [new RepetitionPenalty(1.2), new NoRepeatNGram(2)];
        foreach (var options in new[] { GenerationOptions.Greedy, GenerationOptions.Greedy with
        {
            Processors = filters,
        }, GenerationOptions.Sample(), GenerationOptions.Sample([.. filters, new TopP(0.9)]) })
        {
            var whole = TextGenerator.Generate(writer.Start(Writer.Texts), options with { MaxTokens = 20 }, seed: 5);
            foreach (var length in new[] { 1, 4, 9 })
            {
                // Every text cut at another place.
                int[][] prefixes = [.. whole.Select((text, i) => text[..Math.Min(text.Length, (length + i) % 10)])];
                var longest = prefixes.Max(prefix => prefix.Length);
                var texts =
                    TextGenerator.Generate(writer.Start(Writer.Texts).Continuing(prefixes), options with { MaxTokens = 20 }, seed: 5);

                // As many tokens may be chosen as without a prompt, so that a text that was cut now goes on.
                Assert.Equal(whole, texts.Select((text, i) => text.Length > 20 && whole[i].Length == 20 ? text[..20] : text));
            }
        }
    }

    /// <summary>A filter that leaves one token at a time leads to the same place, and then to the same text.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public void Any_prefix_is_read_as_if_it_had_been_written(string family, bool fused)
    {
        using var form = fused ? null : KernelLibrary.Disable();
        using var writer = Writer.Of(family, Words);
        var options = GenerationOptions.Greedy with
        {
            Processors = [new NoRepeatNGram(3), new MinTokens(10)],
            MaxTokens = 12,
            AllowUnknown = true,
        };
        var beam = new BeamOptions { Width = 3, Results = 2 };

        var prompted = TextGenerator.Generate(writer.Start(Writer.Texts).Continuing(_prefixes), options);
        var found = BeamSearch.Decode(writer.Start(Writer.Texts).Continuing(_prefixes), beam, options);

        for (var text = 0; text < Writer.Texts; text++)
        {
            var prefix = _prefixes[text];
            var led = options with
            {
                Processors = [new NoRepeatNGram(3), new MinTokens(10), new Led(prefix)],
                MaxTokens = prefix.Length + 12,
            };
            Assert.Equal(TextGenerator.Generate(writer.Start(Writer.Texts), led)[text], prompted[text]);
            var expected = BeamSearch.Decode(writer.Start(Writer.Texts), beam, led)[text];
            Assert.Equal(expected.Select(hypothesis => hypothesis.Tokens), found[text].Select(hypothesis => hypothesis.Tokens));
            foreach (var (own, other) in found[text].Zip(expected))
            {
                Assert.Equal(other.LogProbability, own.LogProbability, 1e-4);
                Assert.Equal(other.Ended, own.Ended);
            }
        }

        Assert.All(prompted, text => Assert.InRange(text.Length, 10, 19));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_text_does_not_depend_on_the_batch(string family)
    {
        using var writer = Writer.Of(family, Words);
        var sample = GenerationOptions.Sample(new RepetitionPenalty(1.1), new NoRepeatNGram(3), new TopP(0.95)) with { MaxTokens = 40 };
        var beam = new BeamOptions { Width = 3, LengthPenalty = 0.6 };
        IReadOnlyList<int[]> Drawn(int count, int size) =>
            TextGenerator.Generate(writer.Start(count).Continuing(_prefixes[..count]), sample with { BatchSize = size }, seed: 3);
        int[][] Found(int count, int size) =>
            [.. BeamSearch.Decode(writer.Start(count).Continuing(_prefixes[..count]), beam, GenerationOptions.Greedy with
            {
                BatchSize = size,
            }).Select(text => text[0].Tokens.ToArray())];

        var together = Drawn(Writer.Texts, 256);

        Assert.Equal(together, Drawn(Writer.Texts, 1));
        Assert.Equal(together, Drawn(Writer.Texts, 3));
        Assert.Equal(together.Take(2), Drawn(2, 256));
        Assert.All(_prefixes.Zip(together), text => Assert.Equal(text.First, text.Second[..text.First.Length]));
        Assert.Equal(Found(Writer.Texts, 256), Found(Writer.Texts, 1));
        Assert.Equal(Found(Writer.Texts, 256)[..3], Found(3, 256));
        // The prefixes of the other texts neither.
        int[][] others = [_prefixes[0], .. Enumerable.Repeat(new[] { 15, 16, 17, 18, 19 }, Writer.Texts - 1)];
        Assert.Equal(together[0], TextGenerator.Generate(writer.Start(Writer.Texts).Continuing(others), sample, seed: 3)[0]);
    }

    [Fact]
    public void Only_chosen_tokens_are_told_and_counted()
    {
        using var writer = Writer.Of("LSTM", Words);
        var told = new List<GeneratedToken>();
        var options = GenerationOptions.Greedy with { Processors = [new MinTokens(40)], MaxTokens = 5 };

        var written = TextGenerator.Generate(writer.Start(Writer.Texts).Continuing(_prefixes), options, written: told.Add);

        for (var text = 0; text < Writer.Texts; text++)
        {
            Assert.Equal(_prefixes[text].Length + 5, written[text].Length);
            Assert.Equal(written[text][_prefixes[text].Length..], told.Where(token => token.Text == text).Select(token => token.Token));
        }

        var cut = BeamSearch.Decode(writer.Start(Writer.Texts).Continuing(_prefixes), new BeamOptions { Width = 2 }, options);
        Assert.All(_prefixes.Zip(cut), text =>
            Assert.Equal((text.First.Length + 5, false), (text.Second[0].Tokens.Count, text.Second[0].Ended)));
    }

    [Fact]
    public void Repetition_is_seen_in_the_prefix()
    {
        using var writer = Writer.Of("Transformer", Words);
        int[][] prefixes = [.. Enumerable.Range(0, Writer.Texts).Select(text => Enumerable.Range(4, 8 + text).ToArray())];
        var options = GenerationOptions.Greedy with { Processors = [new NoRepeatNGram(1), new MinTokens(Words)], MaxTokens = 40 };

        Assert.All(TextGenerator.Generate(writer.Start(Writer.Texts).Continuing(prefixes), options), text =>
            Assert.Equal(Enumerable.Range(4, Words - 4), text.Order()));
    }

    /// <summary>A stop string that the prompt holds ends nothing; one that it begins does.</summary>
    [Theory]
    [InlineData("one two. t", "two", "one two. three two four")]
    [InlineData("one two. t", ". th", "one two. th")]
    [InlineData("one two. t", "t", "one two. three t")]
    public void Stop_strings_end_what_is_chosen(string prompt, string stop, string expected)
    {
        const string said = "one two. three two four";
        var tokenizer = CharTokenizer.Train([said], new CharTokenizerOptions());
        using var model = new RecurrentLmConfig { EmbeddingSize = 4, HiddenSize = 4 }.Build(tokenizer.Vocabulary.Count);
        var strings = new StopStrings(tokenizer, stop);
        var options = GenerationOptions.Greedy with
        {
            Processors = [new Led([.. tokenizer.EncodeToIds(said), Vocabulary.EosId])],
            Stop = strings,
        };
        var start = Prompt.From(model, tokenizer, prompt);
        var until = said.IndexOf(stop, prompt.Length - stop.Length + 1, StringComparison.Ordinal);

        var written = TextGenerator.Generate(start, options)[0];

        Assert.Equal(said[..(until + stop.Length)], tokenizer.Decode(written));
        Assert.StartsWith(tokenizer.Decode(written), expected, StringComparison.Ordinal);
        Assert.Equal(said[..until], strings.Text(written, tokenizer.CountTokens(prompt)));
        Assert.Equal(written, BeamSearch.Decode(start, new BeamOptions { Width = 1 }, options)[0][0].Tokens);
    }

    [Fact]
    public void Prompts_in_words_and_in_tokens_are_the_same()
    {
        var tokenizer = WordTokenizer.Train(["the cat sat on the mat", "a dog ran"], new WordTokenizerOptions());
        using var scope = NewDisposeScope();
        using var language = new RecurrentLmConfig { EmbeddingSize = 4, HiddenSize = 4 }.Build(tokenizer.Vocabulary.Count);
        using var vae = new LstmVaeConfig { EmbeddingSize = 4, HiddenSize = 4, LatentSize = 2 }.Build(tokenizer.Vocabulary.Count);
        int[][] prefixes = [[.. tokenizer.EncodeToIds("the dog")], [.. tokenizer.EncodeToIds("sat")]];
        var z = StandardNormal.Sample(2, 2, 1);

        Assert.Equal(
            TextGenerator.Generate(Prompt.From(language, prefixes), GenerationOptions.Greedy),
            TextGenerator.Generate(Prompt.From(language, tokenizer, "the dog", "sat"), GenerationOptions.Greedy));
        Assert.Equal(
            TextGenerator.Generate(Prompt.From(vae, z, prefixes), GenerationOptions.Greedy),
            TextGenerator.Generate(Prompt.From(vae, z, tokenizer, "the dog", "sat"), GenerationOptions.Greedy));
    }

    [Fact]
    public void What_cannot_be_continued_is_refused()
    {
        var tokenizer = WordTokenizer.Train(["a dog ran"], new WordTokenizerOptions());
        using var model = new RecurrentLmConfig { EmbeddingSize = 4, HiddenSize = 4 }.Build(tokenizer.Vocabulary.Count);

        string Refused(Func<Prompt> prompt) => Assert.Throws<UserException>(prompt).Message;
        Assert.Equal("The prompt \" \" (number 2) has no tokens to continue from; give at least one word.",
            Refused(() => Prompt.From(model, tokenizer, "a", " ")));
        Assert.StartsWith(
            "Token 2 cannot be continued from", Refused(() => Prompt.From(model, [[4, Vocabulary.EosId]])), StringComparison.Ordinal);
        Assert.StartsWith("Token 7 cannot be continued from", Refused(() => Prompt.From(model, [[7]])), StringComparison.Ordinal);
        Assert.StartsWith(
            "There are 1 prefixes for 2 texts", Refused(() => Prompt.From(model, 2).Continuing([[4]])), StringComparison.Ordinal);
    }

    /// <summary>After a prefix only what has followed it in training is likely.</summary>
    [Fact]
    public void An_n_gram_model_goes_on_from_a_prefix()
    {
        int[][] sentences = [.. Enumerable.Repeat(new[] { 4, 5, 6, 7 }, 200), .. Enumerable.Repeat(new[] { 8, 5, 6, 9 }, 200)];
        var model = NGramModel.Train(sentences, vocabulary: 10, order: 4);
        var drawn = Enumerable.Range(0, 100).Select(i => model.Sample(new StableRandom((ulong)i), [8, 5], maxTokens: 5)).ToArray();

        Assert.All(drawn, text => Assert.Equal([8, 5], text[..2]));
        Assert.All(drawn, text => Assert.InRange(text.Length, 2, 7));
        Assert.True(drawn.Count(text => text is [8, 5, 6, 9]) > 80);
        Assert.Equal(model.Sample(new StableRandom(1)), model.Sample(new StableRandom(1), []));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Sample(new StableRandom(1), [Vocabulary.BosId]));
    }

    /// <summary>Leaves one way to begin, and everything after it.</summary>
    private sealed record Led(int[] Ids) : LogitsProcessor
    {
        public override Tensor Apply(Tensor logits, IReadOnlyList<IReadOnlyList<int>> written)
        {
            var led = logits.clone();
            for (var row = 0; row < written.Count; row++)
            {
                if (written[row].Count >= Ids.Length)
                    continue;
                led[row].fill_(double.NegativeInfinity);
                led[row, Ids[written[row].Count]] = torch.tensor(0f);
            }

            return led;
        }
    }
}
