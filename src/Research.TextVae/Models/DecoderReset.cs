using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>New weights for all of a VAE but its encoder, after that has been trained as an autoencoder's (Li et al. 2019, section 3).</summary>
internal static class DecoderReset
{
    /// <exception cref="ArgumentException">The models have different weights.</exception>
    public static void Apply(nn.Module model, IEnumerable<Parameter> encoder, nn.Module fresh)
    {
        using var _ = no_grad();
        var kept = encoder.Select(parameter => parameter.Handle).ToHashSet();
        foreach (var ((name, parameter), (other, replacement)) in model.named_parameters().Zip(fresh.named_parameters()))
        {
            if (name != other)
                throw new ArgumentException($"The models differ: {name} and {other}.", nameof(fresh));
            if (!kept.Contains(parameter.Handle))
                parameter.copy_(replacement);
        }
    }
}
