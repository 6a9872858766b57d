namespace Research.TextVae.Text;

/// <summary>A token and the piece of the normalized text it stands for.</summary>
/// <param name="Id">Its place in the vocabulary; <see cref="Vocabulary.UnkId"/> for an unknown one.</param>
/// <param name="Value">The token as it was found, also when the vocabulary does not hold it.</param>
/// <param name="Offset">Where it stands in the normalized text, in UTF-16 units.</param>
public readonly record struct EncodedToken(int Id, string Value, Range Offset);
