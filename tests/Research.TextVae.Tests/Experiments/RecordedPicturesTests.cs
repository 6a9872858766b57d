using Research.TextVae.Experiments;

namespace Research.TextVae.Tests.Experiments;

public sealed class RecordedPicturesTests
{
    [Fact]
    public void Sheets_begin_with_real_pictures()
    {
        Series Pixels(double ink) => new([0, 1, 2, 3], [ink, ink, ink, ink]);
        MemberResult Result(string name) => new()
        {
            Member = name,
            Seed = 1,
            Series = { [RecordedPictures.Real] = Pixels(1), [RecordedPictures.Reconstructed] = Pixels(0.5) },
        };
        var results = new StudyResults([new StudyRow("a", [Result("a")]), new StudyRow("b", [Result("b")])]);

        var figure = results.Pictures(RecordedPictures.Reconstructed, side: 2, ["a", "b"], real: "a");

        Assert.Equal(["real", "a", "b"], figure.Panels.Select(panel => panel.TitleText));
        Assert.Equal(2, results.Pictures(RecordedPictures.Reconstructed, 2, ["a", "b"]).Panels.Length);
        Assert.Equal(7, RecordedPictures.Metrics.Distinct().Count());
    }
}
