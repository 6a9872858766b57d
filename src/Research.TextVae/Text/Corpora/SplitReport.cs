namespace Research.TextVae.Text;

/// <summary>What a split took and what it left out.</summary>
/// <param name="TrainDocuments">Documents whose sentences train.</param>
/// <param name="ValidationDocuments">Documents held out for validation.</param>
/// <param name="TestDocuments">Documents held out for test.</param>
/// <param name="TooShort">Sentences with fewer tokens than asked for.</param>
/// <param name="TooLong">Sentences with more tokens than asked for.</param>
/// <param name="LeakedValidation">Validation sentences removed because training holds the same words.</param>
/// <param name="LeakedTest">Test sentences removed because training or validation holds the same words.</param>
public sealed record SplitReport(
    int TrainDocuments, int ValidationDocuments, int TestDocuments,
    int TooShort, int TooLong, int LeakedValidation, int LeakedTest);
