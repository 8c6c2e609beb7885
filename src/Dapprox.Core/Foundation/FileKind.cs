using System.Runtime.InteropServices;

namespace Dapprox.Foundation;

/// <summary>Tells files from pipes, sockets and devices, without opening them: opening a pipe waits for its other end.</summary>
static partial class FileKind
{
    const int OfTheWorkingFolder = -100, NoFlags = 0;
    const uint OnlyTheType = 1;
    const int StatusBytes = 256, ModeOffset = 28;
    const int TypeMask = 0xF000, Folder = 0x4000, File = 0x8000;

    /// <summary>
    /// Whether a path leads to a pipe, a socket, a terminal or another device, through links too. False for files, folders, and where there
    /// is nothing.
    /// </summary>
    /// <param name="path">What a user named.</param>
    public static bool IsSpecial(string path)
    {
        // The layout of statx is the same on all processors; other systems have no such call.
        if (!OperatingSystem.IsLinux())
            return path.StartsWith("/dev/", StringComparison.Ordinal);
        byte[] status = new byte[StatusBytes];
        return Statx(OfTheWorkingFolder, path, NoFlags, OnlyTheType, status) == 0
            && (BitConverter.ToUInt16(status, ModeOffset) & TypeMask) is not (File or Folder);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int folder, string path, int flags, uint mask, [Out] byte[] status);
}
