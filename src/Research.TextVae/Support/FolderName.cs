using System.Text;

namespace Research.TextVae.Support;

/// <summary>Names that become those of folders and files below a run's: they may not lead anywhere else.</summary>
internal static class FolderName
{
    private const int LongestBytes = 200; // file systems end at 255, and suffixes are added

    /// <summary>The name itself where it can be a folder's.</summary>
    /// <param name="name">The name.</param>
    /// <param name="what">What it is the name of, for the message.</param>
    /// <exception cref="UserException">It has a separator or a control character, is empty, too long, or stands for another
    /// folder.</exception>
    public static string Require(string name, string what)
    {
        ArgumentNullException.ThrowIfNull(name);
        var reason = name.Trim().Length == 0 ? "is empty"
            : name is "." or ".." ? "stands for another folder"
            : name.Any(character => character is '/' or '\\' || char.IsControl(character)) ? "has a separator or a control character"
            : Encoding.UTF8.GetByteCount(name) > LongestBytes ? $"has more than {LongestBytes} bytes"
            : null;
        return reason is null
            ? name
            : throw new UserException($"the {what} '{Excerpt.Of(name)}' {reason}, so no folder can have its name; choose another.");
    }
}
