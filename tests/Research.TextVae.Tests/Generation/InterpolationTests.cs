using Research.TextVae.Generation;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Generation;

public sealed class InterpolationTests
{
    [Fact]
    public void Paths_begin_and_end_at_their_codes_and_the_spherical_one_keeps_the_norm()
    {
        var (from, to) = (torch.tensor([3f, 0f, 0f]), torch.tensor([0f, 3f, 0f]));

        var line = Latent.Interpolate(from, to, 9);
        var arc = Latent.InterpolateSpherically(from, to, 9);

        Assert.Equal([9L, 3L], line.shape);
        foreach (var path in new[] { line, arc })
        {
            Assert.True(path[0].allclose(from, atol: 1e-5));
            Assert.True(path[8].allclose(to, atol: 1e-5));
        }

        Assert.True(line[4].allclose(torch.tensor([1.5f, 1.5f, 0f]), atol: 1e-5));
        Assert.True(arc.pow(2).sum(1).allclose(full([9], 9f), atol: 1e-4));
    }

    [Fact]
    public void Parallel_codes_have_a_straight_spherical_path()
    {
        var code = torch.tensor([1f, 2f]);

        Assert.True(Latent.InterpolateSpherically(code, code * 2, 3)[1].allclose(code * 1.5f, atol: 1e-5));
    }
}
