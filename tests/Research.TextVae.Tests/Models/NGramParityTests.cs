using Research.TextVae.Models.NGram;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Tests.Models;

/// <summary>A 5-gram model of Austen against IRSTLM's, which uses the same counts and discounts above the unigrams.</summary>
public sealed class NGramParityTests
{
    private const int Order = 5;

    /// <remarks>
    /// IRSTLM does not discount unigrams: p₁(w) = N₁₊(•w) / (Σ_v N₁₊(•v) + T + 1), T the different tokens of the text (its mass for
    /// unknown words, after Witten and Bell) and 1 for <c>&lt;s&gt;</c>. Since both mix the unigrams with the weight Γ = Π γ of the
    /// contexts, p_IRSTLM(w|h) = p(w|h) + Γ(h) (p₁(w) − p(w)). It also puts four more <c>&lt;s&gt;</c> before the text, which add one to
    /// three to some counts of counts and a successor to the context <c>&lt;s&gt;</c>: the tolerance is 5·10⁻⁴ of a probability, and
    /// 2·10⁻³ for the first token of a sentence. Sentences with unknown words are left out: it gives their probability away differently.
    /// </remarks>
    [Fact]
    public void Every_probability_is_that_of_irstlm_but_for_its_unigrams()
    {
        var data = TextData.Load("austen", new TextOptions { MaxVocabulary = 100_000, MaxTokens = 1000 });
        var scored = data.Test.Where(sentence => !sentence.Contains(Vocabulary.UnkId)).ToList();
        var model = NGramModel.Train(data.Train, data.Tokenizer.Vocabulary.Count, Order);

        var (expected, perplexity) = Irstlm.Score(data.Train, scored, Order);

        var unigrams = model.Distribution(default);
        var theirs = IrstlmUnigrams(data.Train, unigrams.Length);
        Assert.Equal(scored.Sum(sentence => sentence.Length + 1), expected.Length);
        var place = 0;
        foreach (var sentence in scored)
        {
            var (state, first) = (model.Start, true);
            foreach (var token in sentence.Append(Vocabulary.EosId))
            {
                var weight = model.UnigramWeight(state);
                var probability = Math.Exp(model.LogProbability(state, token, out state)) + (weight * (theirs[token] - unigrams[token]));
                var tolerance = first ? 2e-3 : 5e-4;
                first = false;
                Assert.True(
                    Math.Abs(probability / expected[place] - 1) < tolerance, $"token {place}: {probability} against {expected[place]}");
                place++;
            }
        }

        // The unigrams alone set the two apart: 1.3 per cent, for what IRSTLM sets aside for unknown words.
        Assert.Equal(1, model.Perplexity(scored) / perplexity, 0.02);
    }

    private static double[] IrstlmUnigrams(EncodedSentences sentences, int vocabulary)
    {
        var bigrams = sentences.SelectMany(Bigrams).ToHashSet();
        var different = sentences.SelectMany(sentence => sentence).Append(Vocabulary.BosId).Append(Vocabulary.EosId).Distinct().Count();
        var counts = new double[vocabulary];
        foreach (var (_, token) in bigrams)
            counts[token]++;
        return Array.ConvertAll(counts, count => count / (bigrams.Count + different + 1));

        static IEnumerable<(int, int)> Bigrams(int[] sentence) => sentence.Prepend(Vocabulary.BosId).Zip(sentence.Append(Vocabulary.EosId));
    }
}
