using System.Text;
using System.Text.Json;
using Research.TextVae.Support;

namespace Research.TextVae.Training;

/// <summary>
/// An append-only file with one JSON value per line. A line counts when its line feed is written, so a killed process
/// leaves at most one torn line, which reading passes over and the next writer cuts off.
/// </summary>
public static class JsonLines
{
    /// <summary>Appends a value as one line.</summary>
    /// <exception cref="UserException">The file cannot be written, a full disk for instance.</exception>
    public static void Append<T>(string path, T value)
    {
        var line = Encoding.UTF8.GetBytes(Line(value));
        try
        {
            using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            CutTornLine(file);
            file.Write(line);
        }
        catch (IOException exception)
        {
            throw new UserException(
                $"{path}: cannot be written ({exception.Message}); free some space or choose another place with --runs, then continue with "
                    + "--resume.",
                exception);
        }
    }

    /// <summary>All whole lines; none when the file does not exist.</summary>
    /// <exception cref="UserException">A whole line is not what it should be.</exception>
    public static IReadOnlyList<T> Read<T>(string path)
    {
        if (!File.Exists(path))
            return [];
        var text = File.ReadAllText(path);
        var lines = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Select((line, index) => Parse<T>(path, line, index + 1))];
    }

    /// <summary>A value as a line.</summary>
    internal static string Line<T>(T value) => JsonSerializer.Serialize(value, Json.Compact) + "\n";

    private static T Parse<T>(string path, string line, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(line, Json.Compact) ?? throw new JsonException("it is null.");
        }
        catch (Exception exception) when (Json.IsMisread(exception))
        {
            throw new UserException(
                $"{path}({number}): not a record of this version: {Excerpt.Of(exception.Message)} Restore the file, or start a new run.",
                exception);
        }
    }

    private static void CutTornLine(FileStream file)
    {
        var end = file.Length;
        while (end > 0)
        {
            file.Position = end - 1;
            if (file.ReadByte() == '\n')
                break;
            end--;
        }

        file.SetLength(end);
        file.Position = end;
    }
}
