using System.Runtime.InteropServices;
using Dapprox.Foundation;
using TorchSharp;

namespace Dapprox.Benchmarks.Oracle;

/// <summary>
/// Makes LibTorch, the native half of TorchSharp, loadable; call <see cref="Load"/> before the first use of TorchSharp.
/// </summary>
/// <remarks>
/// TorchSharp 0.107's <c>libLibTorchSharp.so</c> requires version GLIBCXX_3.4.32 (GCC 13) of libstdc++, which Debian 12, Ubuntu
/// 22.04 and RHEL 9 do not have. The only reason is <c>_ZSt21ios_base_library_initv</c>, a symbol that carries the version and is
/// never called. On these systems a copy of this file with the requirement marked weak is loaded; the rest of LibTorch and all
/// installed files are unchanged. The copy is in a new folder that only this user can open, and is deleted once it is loaded, so
/// processes share nothing and no stale copy remains.
/// </remarks>
public static class LibTorch
{
    const string MissingVersion = "GLIBCXX_3.4.32";
    const string Library = "libLibTorchSharp.so";

    // Thread-safe; also keeps a failure.
    static readonly Lazy<bool> Loaded = new(LoadOnce);

    /// <summary>Whether LibTorch is beside the program: that of a build with <c>DAPPROX_LIBTORCH=true</c> in its environment.</summary>
    public static bool IsInstalled => Folders().Any(
        folder => File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? "torch_cpu.dll"
            : OperatingSystem.IsMacOS() ? "libtorch_cpu.dylib" : "libtorch_cpu.so")));

    /// <summary>Loads LibTorch for this process; further calls have no effect. Thread-safe.</summary>
    /// <exception cref="InputException">LibTorch does not load on this system; the message says why.</exception>
    public static void Load() => _ = Loaded.Value;

    static bool LoadOnce()
    {
        // The two names that TorchSharp looks up, in its order.
        NativeLibrary.TryLoad("torch_cpu", typeof(torch).Assembly, null, out _);
        try
        {
            NativeLibrary.Load("LibTorchSharp", typeof(torch).Assembly, null);
        }
        catch (DllNotFoundException e) when (OperatingSystem.IsLinux() && e.Message.Contains(MissingVersion, StringComparison.Ordinal))
        {
            LoadWeakened();
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw DoesNotLoad(e);
        }

        torch.InitializeDeviceType(DeviceType.CPU);
        return true;
    }

    /// <summary>
    /// Loads the weakened copy by its path. The dynamic loader then resolves the bare name, which TorchSharp's imports use, to the
    /// loaded library.
    /// </summary>
    static void LoadWeakened()
    {
        try
        {
            // The copy searches its dependencies in its own folder, so they must already be loaded.
            NativeLibrary.Load("torch", typeof(torch).Assembly, null);
            byte[] weakened = ElfVersionNeeds.Weaken(File.ReadAllBytes(InstalledPath()), MissingVersion);
            // The folder for temporary files is usually on a local disk; if it forbids execution, the home folder may allow it.
            Exception? refusal = LoadCopy(weakened, () => Directory.CreateTempSubdirectory("dapprox-").FullName);
            if (refusal is not null && LoadCopy(weakened, UserFolder) is not null)
                throw DoesNotLoad(refusal, "set TMPDIR to a folder that you may write to and run programs from");
            NativeLibrary.Load("LibTorchSharp", typeof(torch).Assembly, null);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or IOException
            or InvalidDataException or UnauthorizedAccessException)
        {
            throw DoesNotLoad(e);
        }
    }

    /// <summary>The path of the library as resolved by the host of this application.</summary>
    internal static string InstalledPath() => Folders().Select(folder => Path.Combine(folder, Library)).FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException($"{Library} is not installed beside the program");

    /// <summary>Where the host of this application looks for native libraries.</summary>
    static IEnumerable<string> Folders() =>
        (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Append(AppContext.BaseDirectory);

    /// <summary>Returns the error, such as a folder that is missing, read-only or mounted without execution; null for success.</summary>
    static Exception? LoadCopy(byte[] library, Func<string> createFolder)
    {
        string? folder = null;
        try
        {
            folder = createFolder();
            string path = Path.Combine(folder, Library);
            File.WriteAllBytes(path, library);
            NativeLibrary.Load(path);
            return null;
        }
        catch (Exception e) when (e is DllNotFoundException or IOException or UnauthorizedAccessException)
        {
            return e;
        }
        finally
        {
            if (folder is not null)
                Delete(folder);
        }
    }

    /// <summary>
    /// A loaded library stays mapped after its file is deleted; a network file system may keep the file, which does no harm.
    /// </summary>
    static void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
        }
    }

    static string UserFolder()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        if (home.Length == 0)
            throw new IOException("The user has no folder for application data.");
        string folder = Path.Combine(home, "dapprox", Path.GetRandomFileName());
        return OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(folder).FullName
            : Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
    }

    static InputException DoesNotLoad(
        Exception cause,
        string advice = "it needs 64-bit Linux (glibc 2.34 or newer), Windows or macOS on Arm, and the program's runtimes folder")
    {
        // The runtime lists every name it tried; the missing names hide the dynamic loader's message on the existing one.
        string[] lines = cause.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string reason = lines.Skip(1).LastOrDefault(line => !(line.Contains("LibTorchSharp", StringComparison.Ordinal)
            && line.Contains("cannot open", StringComparison.Ordinal)), lines[0].Split(". ")[0]);
        return new InputException($"LibTorch does not load on this system: {reason.TrimEnd('.')}; {advice}", cause);
    }
}
