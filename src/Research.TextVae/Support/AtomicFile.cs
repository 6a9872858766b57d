using System.Text;

namespace Research.TextVae.Support;

/// <summary>Replaces a file as a whole: whoever reads it, and whatever happens meanwhile, sees the old content or the new.</summary>
public static class AtomicFile
{
    private const int NoSpaceLeft = 28; // ENOSPC

    /// <summary>Writes beside the file, flushes to the disk, then renames.</summary>
    /// <exception cref="UserException">The file cannot be written; the one there before is intact.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var temporary = path + ".tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Discard(temporary);
            var reason = (error.HResult & 0xFFFF) == NoSpaceLeft ? "the disk is full" : error.Message.TrimEnd('.');
            throw new UserException(
                $"cannot write {path}: {reason}; free space or choose another folder, what was there before is intact", error);
        }
    }

    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    public static void Write(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    private static void Discard(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What cannot be deleted is overwritten by the next attempt; the first error is the one to report.
        }
    }
}
