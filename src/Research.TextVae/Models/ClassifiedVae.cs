using Research.TextVae.Models.Layers;
using Research.TextVae.Support;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>A VAE beside which a linear classifier reads the label of a sentence from its code, so that labels teach the encoder what to
/// keep.</summary>
public sealed class ClassifiedVae : nn.Module
{
    private readonly TextVaeModel vae;
    private readonly LinearLayer classifier;

    /// <param name="vae">The VAE; it belongs to this module from now on.</param>
    /// <param name="classes">Number of labels.</param>
    public ClassifiedVae(TextVaeModel vae, int classes)
        : base(nameof(ClassifiedVae))
    {
        ArgumentNullException.ThrowIfNull(vae);
        this.vae = vae;
        classifier = new LinearLayer(vae.LatentSize, Require.AtLeast(1, classes));
        RegisterComponents();
        this.KeepTensors();
    }

    /// <summary>The VAE, which is a complete model without the classifier.</summary>
    public TextVaeModel Vae => vae;

    /// <summary>Logits of the labels, from codes.</summary>
    /// <param name="z">[batch, latent].</param>
    /// <returns>[batch, classes].</returns>
    public Tensor Classify(Tensor z) => classifier.call(z);
}
