using Research.TextVae.Tokenizers;

namespace Research.TextVae.Text;

/// <summary>What the token ids of a set of sentences were made with.</summary>
/// <param name="Corpus">Name of the corpus.</param>
/// <param name="Options">How it became training data.</param>
/// <param name="Tokenizer">Text to ids and back.</param>
public sealed record TextEncoding(string Corpus, TextOptions Options, Tokenizer Tokenizer);
