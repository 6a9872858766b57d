using System.Text.Json.Serialization;

namespace Research.TextVae.Models;

/// <summary>What it takes to build a model of some family again; round-trips through JSON with the family's name.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "family")]
[JsonDerivedType(typeof(LstmVaeConfig), "lstm-vae")]
[JsonDerivedType(typeof(TransformerLmConfig), "transformer-lm")]
[JsonDerivedType(typeof(TransformerSeq2SeqConfig), "transformer-seq2seq")]
[JsonDerivedType(typeof(TransformerVaeConfig), "transformer-vae")]
[JsonDerivedType(typeof(RecurrentLmConfig), "recurrent-lm")]
[JsonDerivedType(typeof(TextGanConfig), "text-gan")]
public abstract record ModelConfig
{
    /// <summary>Builds the model with freshly drawn weights (from LibTorch's default generator).</summary>
    /// <param name="vocabulary">Tokens in the vocabulary, the special ones included.</param>
    public abstract AutoregressiveModel Build(int vocabulary);
}
