using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Spelling;

/// <summary>
/// The likelihood of sentences per character, which compares models of different tokens. A token <c>&lt;unk&gt;</c> hides a word, so
/// that word is spelt out letter by letter and its letters are paid for.
/// </summary>
/// <param name="Tokens">The likelihood of the sentences as tokens.</param>
/// <param name="UnknownNll">−log p of the spelling of all unknown words, in nats.</param>
/// <param name="Characters">Unicode code points of the sentences.</param>
public sealed record CharacterLikelihood(Likelihood Tokens, double UnknownNll, long Characters)
{
    /// <summary>Bits per character of the whole text.</summary>
    // ( −log₂ p(tokens) − log₂ p(spelling of unknown words) ) / characters
    public double Bits => Per(Tokens.PerSentence.Sum() + UnknownNll);

    /// <summary>Bits per character as if the spelling of unknown words cost nothing: too low where words are unknown.</summary>
    public double BitsWithoutUnknown => Per(Tokens.PerSentence.Sum());

    /// <summary>Evaluates a language model, dropout off, on every sentence of the set.</summary>
    /// <param name="model">The model; its training mode is restored.</param>
    /// <param name="sentences">The sentences; at least one.</param>
    /// <param name="tokenizer">What made tokens of the sentences.</param>
    /// <param name="spelling">What an unknown word costs.</param>
    public static CharacterLikelihood Evaluate(LanguageModel model, EncodedSentences sentences, Tokenizer tokenizer, LetterModel spelling)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        ArgumentNullException.ThrowIfNull(spelling);
        var unknown = Enumerable.Range(0, sentences.Count).Sum(i => spelling.Unknown(tokenizer, sentences.Source(i).Text));
        return new CharacterLikelihood(Likelihood.Evaluate(model, sentences), unknown, sentences.Characters);
    }

    private double Per(double nats) => nats / Math.Log(2) / Characters;
}
