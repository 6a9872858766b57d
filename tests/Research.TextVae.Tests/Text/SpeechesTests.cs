using Research.TextVae.Text;

namespace Research.TextVae.Tests.Text;

public sealed class SpeechesTests
{
    [Fact]
    public void Replies_follow_speeches_without_narration_between_them()
    {
        string[] paragraphs =
        [
            "\"My dear Mr. Bennet,\" said his lady to him one day, \"have you heard?\"",
            "Mr. Bennet replied \"that he had not.\"",
            "He looked up.",
            "“But it is,” returned she.",
            "\"It is a long story.",
            "\"It has two paragraphs.\" He paused.",
            "\"Then begin.\"",
        ];

        Assert.Equal(
            [
                new("My dear Mr. Bennet, have you heard?", "that he had not."),
                new("But it is,", "It is a long story. It has two paragraphs."),
                new("It is a long story. It has two paragraphs.", "Then begin."),
            ],
            Speeches.Replies(paragraphs));
    }
}
