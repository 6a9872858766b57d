namespace Research.TextVae.Models;

/// <summary>What an <see cref="NGramModel"/> remembers of the tokens so far: the longest end of them that it has seen as a context.</summary>
/// <param name="Order">Tokens of that context, 0 for none.</param>
/// <param name="Index">Its place among the n-grams of that order.</param>
public readonly record struct NGramState(int Order, int Index);
