using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>What it takes to build a model of vectors or bags of words again; round-trips through JSON with the family's name.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "family")]
[JsonDerivedType(typeof(DenseAutoencoderConfig), "dense-autoencoder")]
[JsonDerivedType(typeof(GaussianVaeConfig), "gaussian-vae")]
[JsonDerivedType(typeof(BagOfWordsVaeConfig), "bag-of-words-vae")]
public abstract record DenseConfig
{
    /// <summary>Builds the model with freshly drawn weights (from LibTorch's default generator).</summary>
    /// <param name="inputs">Width of the vectors, or tokens in the vocabulary.</param>
    public abstract nn.Module Build(int inputs);
}
