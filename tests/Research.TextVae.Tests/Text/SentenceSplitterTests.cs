using Research.TextVae.Support;
using Research.TextVae.Text;

namespace Research.TextVae.Tests.Text;

public class SentenceSplitterTests
{
    [Theory]
    [InlineData("Mr. Elton came. Mrs. Long left.|He saw Dr. Perry.", "Mr. Elton came.|Mrs. Long left.|He saw Dr. Perry.")]
    [InlineData("F. C. Weston Churchill wrote. It was late.", "F. C. Weston Churchill wrote.|It was late.")]
    [InlineData("They met at St. James's. She smiled.", "They met at St. James's.|She smiled.")]
    [InlineData("James Stevenson, Esq. of South Park, wrote.", "James Stevenson, Esq. of South Park, wrote.")]
    [InlineData("Poems, plays, etc. The rest was prose.", "Poems, plays, etc.|The rest was prose.")]
    [InlineData("He served on H.M.S. Thrush. It sank.", "He served on H.M.S. Thrush.|It sank.")]
    [InlineData("No. I will not. See No. 97 of it.", "No.|I will not.|See No. 97 of it.")]
    [InlineData("It was I. He knew.", "It was I.|He knew.")]
    [InlineData("\"Is he married?\" asked she. \"Oh! single, my dear!\" He bowed.",
        "\"Is he married?\" asked she.|\"Oh! single, my dear!\"|He bowed.")]
    [InlineData("\"You are kind.\" \"Not at all.\"", "\"You are kind.\"|\"Not at all.\"")]
    [InlineData("“You are kind.” “Not at all.” (She sat.) They ate.", "“You are kind.”|“Not at all.”|(She sat.)|They ate.")]
    [InlineData("Well... I suppose so... or not… Yes.", "Well...|I suppose so... or not…|Yes.")]
    [InlineData("He was silent.--Miss Taylor married. Who?--nobody.", "He was silent.--|Miss Taylor married.|Who?--nobody.")]
    [InlineData("He said.--\"I know it.\"", "He said.--|\"I know it.\"")]
    [InlineData("It cost 3.50 pounds. 20 more came. see www.example.org now", "It cost 3.50 pounds.|20 more came. see www.example.org now")]
    [InlineData("What?! Never. ", "What?!|Never.")]
    [InlineData("  one\n  two   three", "one two three")]
    [InlineData("今日は。元気！ はい", "今日は。|元気！|はい")]
    [InlineData("他說：「好。」然後走了。她笑了。", "他說：「好。」|然後走了。|她笑了。")]
    [InlineData("『本当？』「うん。」（見よ。）彼は来た。", "『本当？』|「うん。」|（見よ。）|彼は来た。")]
    [InlineData("Son las 3. ¿Qué? ¡No! ¿vienes? Sí. «Bien.» ‹Ya.›", "Son las 3.|¿Qué?|¡No!|¿vienes?|Sí.|«Bien.»|‹Ya.›")]
    [InlineData("the cat sat . the dog ran ? it was late .", "the cat sat .|the dog ran ?|it was late .")]
    [InlineData("वह आया। वह गया। مرحبا؟ نعم۔ ክፍል ነው። ጥሩ።", "वह आया।|वह गया।|مرحبا؟|نعم۔|ክፍል ነው።|ጥሩ።")]
    [InlineData("„Gut.“ Er ging. »Gut.« Er kam.", "„Gut.“|Er ging.|»Gut.«|Er kam.")]
    [InlineData("Он пришёл. Она ушла! Да?", "Он пришёл.|Она ушла!|Да?")]
    [InlineData("", "")]
    [InlineData(" \n ", "")]
    [InlineData("...", "...")]
    public void Splits(string paragraph, string expected)
    {
        var sentences = SentenceSplitter.Split(paragraph.Replace('|', ' '));

        Assert.Equal(expected.Split('|', StringSplitOptions.RemoveEmptyEntries), sentences);
    }

    [Fact]
    public void Nothing_is_lost_and_no_sentence_is_empty()
    {
        string[] pieces = ["Mr", "A", "he", "No", "etc", "1", "3", ".", "...", "!", "?", "\"", "'", "--", "-", "(", ")", " ", " ", "\n",
            "é", "。", "😀", "”", "“", ",", "」", "「", "¿", "。", "।", " . "];
        var random = new StableRandom(3);
        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(25)).Select(_ => pieces[random.Next(pieces.Length)]));

            var sentences = SentenceSplitter.Split(text);

            Assert.DoesNotContain(sentences, sentence => sentence.Length == 0 || sentence != sentence.Trim());
            Assert.Equal(Bare(text), Bare(string.Concat(sentences)));
        }

        static string Bare(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
    }
}
