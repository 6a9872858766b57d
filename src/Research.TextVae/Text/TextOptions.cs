using System.Text.Json.Serialization;
using Research.TextVae.Support;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Text;

/// <summary>How a corpus becomes training data.</summary>
public sealed record TextOptions
{
    /// <summary>What a token is; the limits below count these tokens.</summary>
    public TextUnit Unit { get; init; }

    /// <summary>
    /// A tokenizer in place of one that is trained: of this library or of Microsoft.ML.Tokenizers (Tiktoken, BERT, SentencePiece, BPE), see
    /// <see cref="Tokenizers.Tokenizer.From"/>. <see cref="Unit"/>, <see cref="MaxVocabulary"/>, <see cref="MinFrequency"/> and
    /// <see cref="Lowercase"/> are not used then.
    /// </summary>
    [JsonIgnore]
    public Microsoft.ML.Tokenizers.Tokenizer? Tokenizer { get; init; }

    /// <summary>Most entries of a vocabulary that is learned, the four markers included.</summary>
    public int MaxVocabulary { get; init => field = Require.AtLeast(5, value); } = 10_000;

    /// <summary>Words or characters that occur less often in the training sentences become <c>&lt;unk&gt;</c>; rarer pairs of a BPE are not
    /// merged.</summary>
    public int MinFrequency { get; init => field = Require.AtLeast(1, value); } = 1;

    /// <summary>Whether capital and small letters are the same.</summary>
    public bool Lowercase { get; init; } = true;

    /// <summary>Sentences with fewer tokens (by default words and punctuation marks) are left out.</summary>
    public int MinTokens { get; init => field = Require.AtLeast(1, value); } = 2;

    /// <summary>Sentences with more are left out.</summary>
    public int MaxTokens { get; init => field = Require.AtLeast(1, value); } = 40;

    /// <summary>Share of the sentences held out for validation, in whole documents.</summary>
    public double Validation { get; init => field = Require.Within(0, 0.9, value); } = 0.05;

    /// <summary>Share of the sentences held out for test.</summary>
    public double Test { get; init => field = Require.Within(0, 0.9, value); } = 0.05;

    /// <summary>Decides which documents are held out and which training sentences are taken.</summary>
    public ulong Seed { get; init; }

    /// <summary>At most this many training sentences, chosen at random; 0 for all.</summary>
    public int MaxTrainSentences { get; init => field = Require.AtLeast(0, value); }

    /// <summary>How the corpus is found and read.</summary>
    public CorpusOptions Corpus { get; init; } = CorpusOptions.Default;
}
