using System.Globalization;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Text;

/// <summary>
/// Divides prose into sentences. A sentence ends at <c>.</c>, <c>!</c>, <c>?</c>, an ellipsis or another script's mark (<c>。</c>,
/// <c>।</c>, <c>؟</c>), with the closing marks of any script and the dash that follow it, when the next word begins with anything but a
/// small letter; before <c>¿</c> and <c>¡</c>, after a mark that stands by itself (<c>the cat sat . the dog ran .</c>) and where words are
/// not spaced it ends whatever follows. It does not end after a title (<c>Mr.</c>), an initial (<c>F. C. Weston</c>) or, before anything
/// but a common first word, after <c>Esq.</c>, <c>etc.</c>, <c>H.M.S.</c> The rules are those of Unicode Standard Annex 29, with English
/// abbreviations. Nothing is lost: the sentences joined by single spaces are the paragraph, apart from white space.
/// </summary>
public static class SentenceSplitter
{
    // Sentence_Terminal of Unicode, as far as living scripts have it: those after which words are not spaced, and the others.
    private const string UnspacedTerminators = "。！？｡︒︕︖";
    private const string Terminators = ".!?…‼‽⁇⁈⁉։؝؞؟۔܀܁܂߹।॥၊။።፧፨᙮᠃᠉។៕᪨᪩᪪᪫᭚᭛᭞᭟᰻᰼᱾᱿꓿꘎꘏꛳꛷︙﹒﹖﹗．" + UnspacedTerminators;

    private static readonly HashSet<string> _firstWords = new(StringComparer.Ordinal)
    {
        "A", "After", "All", "And", "As", "At", "But", "For", "From", "He", "Her", "His", "How", "I", "If", "In", "It", "My", "No", "Not",
        "On", "Or", "She", "So", "That", "The", "Their", "Then", "There", "They", "This", "Those", "To", "We", "What", "When", "Which",
        "Who", "Why", "You", "Your",
    };

    /// <param name="paragraph">Running text; line breaks and runs of spaces count as one space.</param>
    /// <returns>The sentences without surrounding white space; none for a blank paragraph.</returns>
    public static IReadOnlyList<string> Split(string paragraph)
    {
        ArgumentNullException.ThrowIfNull(paragraph);
        var text = Whitespace.Collapse(paragraph);
        var sentences = new List<string>();
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (!IsTerminator(text[i]))
                continue;
            var first = i;
            while (i + 1 < text.Length && IsTerminator(text[i + 1]))
                i++;
            var end = i + 1;
            while (end < text.Length && Closes(text, end) && !OpensNext(text, end))
                end++;
            if (BoundaryAfter(text, first, i, ref end) is var next and > 0)
            {
                sentences.Add(text[start..end]);
                start = next;
                i = next - 1;
            }
        }

        if (start < text.Length)
            sentences.Add(text[start..]);
        return sentences;
    }

    // Where the next sentence begins, or 0; `end` moves past a dash that belongs to the sentence before it.
    private static int BoundaryAfter(string text, int first, int last, ref int end)
    {
        if (end >= text.Length)
            return 0;
        if (UnspacedTerminators.Contains(text[last], StringComparison.Ordinal))
            return text[end] == ' ' ? end + 1 : end;
        // A mark by itself, as tokenizers write it.
        if (first == last && first > 0 && text[first - 1] == ' ' && end == last + 1 && text[end] == ' ')
            return end + 1;
        var next = end;
        while (next < text.Length && text[next] is '-' or '—')
            next++;
        if (next - end == 1 && text[end] == '-')
            return 0;
        var stop = next;
        var spaced = next < text.Length && text[next] == ' ';
        if (spaced)
            next++;
        if (next >= text.Length || (!spaced && next == end) || !Starts(text, next, out var word))
            return 0;
        if (text[last] == '.' && first == last && !EndsSentence(text, first, word))
            return 0;
        end = stop;
        return next;
    }

    // A closing mark right before a letter is the opening mark of what follows a dash or bracket, not a closing one.
    private static bool OpensNext(string text, int i) =>
        i + 1 < text.Length && char.IsLetterOrDigit(text[i + 1]) && text[i] is '"' or '\'' && text[i - 1] is '-' or '—';

    private static bool Starts(string text, int i, out string word)
    {
        var inverted = false;
        for (; i < text.Length && IsOpener(text[i]); i++)
            inverted |= text[i] is '¿' or '¡';
        var end = i < text.Length ? Letters.WordEnd(text, i) : i;
        word = text[i..end];
        return end > i && (inverted || !char.IsLower(text[i]));
    }

    private static bool EndsSentence(string text, int dot, string nextWord)
    {
        var start = dot;
        while (start > 0 && (char.IsLetterOrDigit(text[start - 1]) || text[start - 1] == '&' || (text[start - 1] == '.' && start < dot)))
            start--;
        var word = text[start..dot];
        if (Abbreviations.IsTitle(word))
            return false;
        if (word is "No" or "no" or "Nos" or "p")
            return !char.IsAsciiDigit(nextWord[0]);
        var initials = word.Contains('.') || (word.Length == 1 && char.IsUpper(word[0]) && word != "I");
        return !(initials || Abbreviations.IsKnown(word)) || (word.Length > 1 && _firstWords.Contains(nextWord));
    }

    private static bool IsTerminator(char c) => Terminators.Contains(c, StringComparison.Ordinal);

    // What opens in one language closes in another („…“, »…«): with a space after it, it closes.
    private static bool Closes(string text, int i) => text[i] is '"' or '\'' || char.GetUnicodeCategory(text[i]) switch
    {
        UnicodeCategory.ClosePunctuation or UnicodeCategory.FinalQuotePunctuation => true,
        UnicodeCategory.InitialQuotePunctuation => i + 1 == text.Length || text[i + 1] == ' ',
        _ => false,
    };

    private static bool IsOpener(char c) => c is '"' or '\'' or '¿' or '¡' || char.GetUnicodeCategory(c) is UnicodeCategory.OpenPunctuation
        or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation;
}
