using System.Runtime.InteropServices;
using Research.TextVae.Support;

namespace Research.TextVae.Kernels;

/// <summary>
/// Whether a file may be executed in this process. Another user who can write it could run code as this one. Whoever can write this
/// assembly can do so anyway.
/// </summary>
internal static unsafe partial class FileTrust
{
    private const int CurrentFolder = -100, Uid = 0x8, Mode = 0x2; // AT_FDCWD, STATX_UID, STATX_MODE
    private const int OthersWrite = 0x2, Sticky = 0x200;           // S_IWOTH, S_ISVTX

    private static readonly (uint Owner, int Mode)? Own = Status(typeof(FileTrust).Assembly.Location);

    /// <summary>Why a file is not to be executed, in a few words; null where it may be.</summary>
    public static string? Doubt(string path)
    {
        if (!OperatingSystem.IsLinux() || Status(path) is not var (owner, mode))
            return null;
        if (owner != 0 && owner != geteuid() && owner != Own?.Owner)
            return $"it belongs to another user ({owner})";
        var shared = Own is { } own && (own.Mode & OthersWrite) != 0; // where there are no permissions, as on some mounted disks
        if ((mode & OthersWrite) != 0 && !shared)
            return $"others may write it; chmod o-w {path}";
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return Status(folder) is var (_, rights) && (rights & OthersWrite) != 0 && (rights & Sticky) == 0 && !shared
            ? $"others may write its folder; chmod o-w {folder}"
            : null;
    }

    // struct statx: stx_uid is at byte 20, stx_mode at 28. Links are followed.
    private static (uint Owner, int Mode)? Status(string path)
    {
        if (!OperatingSystem.IsLinux() || path.Length == 0)
            return null;
        var buffer = stackalloc byte[256];
        return statx(CurrentFolder, path, 0, Uid | Mode, buffer) == 0 ? (*(uint*)(buffer + 20), *(ushort*)(buffer + 28)) : null;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, byte* buffer);

    [LibraryImport("libc")]
    private static partial uint geteuid();
}
