using Research.TextVae.Models.NGram;
using Research.TextVae.Support;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Spelling;

/// <summary>
/// What it costs to spell out a word: a Kneser–Ney model of letters, trained on the different words of a text. Added to the loss of a
/// language model for each <c>&lt;unk&gt;</c>, it makes up for what that token hides, so that models of different vocabularies predict
/// the same text.
/// </summary>
public sealed class LetterModel
{
    // A letter the model has never seen is one of all code points.
    private static readonly double NewLetter = Math.Log(0x110000);

    private readonly CharTokenizer _letters;
    private readonly NGramModel _model;

    private LetterModel(CharTokenizer letters, NGramModel model) => (_letters, _model) = (letters, model);

    /// <param name="words">Words of the training text; each counts once, however often it occurs.</param>
    /// <param name="order">Letters of the longest n-gram.</param>
    /// <exception cref="UserException">There is no word, or the order is below 1.</exception>
    public static LetterModel Train(IEnumerable<string> words, int order = 5)
    {
        ArgumentNullException.ThrowIfNull(words);
        string[] types = [.. words.Where(word => word.Length > 0).Distinct().Order(StringComparer.Ordinal)];
        var letters = CharTokenizer.Train(types, new CharTokenizerOptions { Lowercase = false });
        return new(
            letters, NGramModel.Train([.. types.Select(word => letters.EncodeToIds(word).ToArray())], letters.Vocabulary.Count, order));
    }

    /// <summary>−log p(word) with its end, in nats.</summary>
    // −log p(w) = Σ_i −log p(c_i | c_<i) + [c_i is new] · log |code points|
    public double Nll(string word)
    {
        int[] ids = [.. _letters.EncodeToIds(word)];
        return _model.SentenceNll(ids) + NewLetter * ids.Count(id => id == Vocabulary.UnkId);
    }

    /// <summary>−log p of all words of a text outside a tokenizer's vocabulary, in nats.</summary>
    public double Unknown(Tokenizer tokenizer, string text)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return tokenizer.EncodeToTokens(text, out _).Where(token => token.Id == Vocabulary.UnkId).Sum(token => Nll(token.Value));
    }
}
