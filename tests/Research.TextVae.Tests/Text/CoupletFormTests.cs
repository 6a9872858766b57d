using Research.TextVae.Text;

namespace Research.TextVae.Tests.Text;

public sealed class CoupletFormTests
{
    [Theory]
    [InlineData("白日依山盡，黃河入海流。", true)]
    [InlineData("白日依山盡。黃河入海流。", false)]
    [InlineData("白日依山盡，黃河入海，。", false)]
    [InlineData("白日依山盡，黃河入海流", false)]
    [InlineData("白日依山，黃河入海流水。", false)]
    [InlineData("𠀀日依山盡，黃河入海流？", true)]
    public void Tells_couplets_that_scan(string text, bool scans) => Assert.Equal(scans, new CoupletForm(line: 5).Scans(text));

    [Fact]
    public void Counts_those_that_scan()
    {
        var form = new CoupletForm(line: 2);
        Assert.Equal(6, form.Length);
        Assert.Equal(0.5, form.ShareThatScans(["天地，玄黃。", "天地玄黃。"]));
    }
}
