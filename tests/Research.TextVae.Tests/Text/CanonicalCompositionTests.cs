using Research.TextVae.Tokenizers;

namespace Research.TextVae.Tests.Text;

public class CanonicalCompositionTests
{
    // Expected values from Python's unicodedata.normalize("NFC", …).
    [Theory]
    [InlineData("e\u0301", "é")]
    [InlineData("\u212B", "Å")]
    [InlineData("a\u0323\u0307", "ạ\u0307")]
    [InlineData("a\u0307\u0323", "ạ\u0307")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("\u1E0B\u0323", "\u1E0D\u0307")]
    [InlineData("\u0958", "\u0915\u093C")]
    [InlineData("\u1112\u1161\u11AB", "한")]
    [InlineData("\u1112\u1161x", "하x")]
    [InlineData("\u0301e", "\u0301e")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165")]
    [InlineData("e\u0301e\u0302\u0323 plain", "éệ plain")]
    public void Composes(string text, string expected) => Assert.Equal(expected, CanonicalComposition.Normalize(text));

    [Theory]
    [InlineData("plain ASCII")]
    [InlineData("naïve – “quoted” 日本 한국 Ελλάδα Россия 👍🏽")]
    public void Leaves_composed_text_alone(string text) => Assert.Same(text, CanonicalComposition.Normalize(text));
}
