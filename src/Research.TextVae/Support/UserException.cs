namespace Research.TextVae.Support;

/// <summary>
/// A usage error. The message is one line that says what is wrong, where, and what to do;
/// it is printed without a stack trace and ends the program with <see cref="ExitCode.UserError"/>. Whatever the message quotes, it is
/// one line of printable characters.
/// </summary>
public sealed class UserException(string message, Exception? innerException = null) : Exception(Excerpt.Line(message), innerException);
