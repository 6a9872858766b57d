using static TorchSharp.torch;

namespace TorchSharp.Tests;

public class RandomTests
{
    [Fact]
    public void A_generator_repeats_itself_from_its_seed()
    {
        using var scope = NewDisposeScope();
        Tensor Draws(Generator g) => cat([rand(5, generator: g), randn(5, generator: g), randint(100, [5], ScalarType.Float32, generator: g),
            randperm(5, ScalarType.Float32, generator: g), empty(5).uniform_(0, 1, g), ones(5).bernoulli_(0.5, g), ones(5).multinomial(5, true, g).@float()]);
        using var a = new Generator(42);
        using var b = new Generator(42);
        var first = Draws(a);
        Assert.True(first.Equals(Draws(b)));
        Assert.False(first.Equals(Draws(a)));
        Assert.True(first.Equals(Draws(a.manual_seed(42))));
    }

    [Fact]
    public void State_saved_is_state_restored()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        _ = randn(3, generator: generator);
        var state = generator.get_state();
        var next = randn(9, generator: generator);
        generator.set_state(state);
        Assert.True(next.Equals(randn(9, generator: generator)));
    }

    [Fact]
    public void The_default_generator_is_seeded_saved_and_left_alone_by_others()
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        var state = get_rng_state();
        using var own = new Generator(9);
        _ = rand(10, generator: own);
        var x = rand(10);
        set_rng_state(state);
        Assert.True(x.Equals(rand(10)));
        Assert.Equal(5, Generator.Default.initial_seed());
    }

    [Fact]
    public void Seeds_give_the_numbers_they_give_in_Python()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(123);
        var expected = Python.Run("""
            g = torch.Generator().manual_seed(123)
            result["normal"] = torch.randn(4, 5, generator=g)
            result["permutation"] = torch.randperm(10, generator=g)
            """);
        Assert.True(randn(4, 5, generator: generator).Equals(expected["normal"]));
        Assert.True(randperm(10, generator: generator).Equals(expected["permutation"]));
    }
}
