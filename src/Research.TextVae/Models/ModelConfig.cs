using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>The configuration of a model; a model can be built from it again. It round-trips through JSON with the family's name.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "family")]
[JsonDerivedType(typeof(LstmVaeConfig), "lstm-vae")]
[JsonDerivedType(typeof(TransformerVaeConfig), "transformer-vae")]
[JsonDerivedType(typeof(RecurrentLmConfig), "recurrent-lm")]
[JsonDerivedType(typeof(TransformerLmConfig), "transformer-lm")]
[JsonDerivedType(typeof(TransformerSeq2SeqConfig), "transformer-seq2seq")]
[JsonDerivedType(typeof(TransformerSeq2SeqVaeConfig), "transformer-seq2seq-vae")]
[JsonDerivedType(typeof(TextGanConfig), "text-gan")]
[JsonDerivedType(typeof(BagOfWordsVaeConfig), "bag-of-words-vae")]
[JsonDerivedType(typeof(GaussianVaeConfig), "gaussian-vae")]
[JsonDerivedType(typeof(DenseAutoencoderConfig), "dense-autoencoder")]
public abstract record ModelConfig
{
    /// <summary>Builds the model with freshly drawn weights (from LibTorch's default generator).</summary>
    /// <param name="size">Number of tokens in the vocabulary, the special ones included; of a model of vectors, their width.</param>
    public abstract nn.Module Build(int size);
}
