namespace Research.TextVae.Text;

/// <summary>A source did not give what was asked of it; the next one is tried. The message says what happened and what to do.</summary>
internal sealed class FetchException(string message, Exception? innerException = null) : Exception(message, innerException);
