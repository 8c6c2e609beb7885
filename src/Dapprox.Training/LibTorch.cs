using System.Runtime.InteropServices;
using Dapprox.Foundation;
using TorchSharp;

namespace Dapprox.Training;

/// <summary>
/// Makes LibTorch, the native half of TorchSharp, loadable; call <see cref="Load"/> before the first use of TorchSharp.
/// </summary>
/// <remarks>
/// TorchSharp 0.107's <c>libLibTorchSharp.so</c> asks libstdc++ for the version GLIBCXX_3.4.32 (GCC 13), which
/// Debian 12, Ubuntu 22.04 and RHEL 9 do not have, and asks for it only because of
/// <c>_ZSt21ios_base_library_initv</c>, a symbol that exists to carry the version and that nothing calls. There, and
/// only there, a copy of that one file is loaded whose requirement is marked weak; the rest of LibTorch, and every
/// installed file, stays as it is. The copy lives in a new folder that only this user can open, and is deleted as soon
/// as it is loaded: two processes share nothing, and nothing goes stale.
/// </remarks>
public static class LibTorch
{
    const string MissingVersion = "GLIBCXX_3.4.32";
    const string Library = "libLibTorchSharp.so";

    // Thread safe, and remembers a failure too.
    static readonly Lazy<bool> Loaded = new(LoadOnce);

    /// <summary>Loads LibTorch for this process; further calls cost nothing. Any thread may call it.</summary>
    /// <exception cref="InputException">LibTorch does not load on this system; the message says why.</exception>
    public static void Load() => _ = Loaded.Value;

    static bool LoadOnce()
    {
        // The two names that TorchSharp itself looks up, in its order.
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
    /// Loads the weakened copy by its path. From then on the dynamic loader answers its bare name, which is what
    /// TorchSharp's imports end up asking for, with the library that is already there.
    /// </summary>
    static void LoadWeakened()
    {
        try
        {
            // The copy looks for its neighbours beside itself, so they have to be there already.
            NativeLibrary.Load("torch", typeof(torch).Assembly, null);
            byte[] weakened = ElfVersionNeeds.Weaken(File.ReadAllBytes(InstalledPath()), MissingVersion);
            // The folder for temporary files is usually a local disk; where it forbids execution, the home may not.
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

    /// <summary>The file that the host resolved for this application, wherever it is installed.</summary>
    internal static string InstalledPath()
    {
        string folders = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        return folders.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(AppContext.BaseDirectory)
            .Select(folder => Path.Combine(folder, Library))
            .FirstOrDefault(File.Exists) ?? throw new FileNotFoundException($"{Library} is not installed beside the program");
    }

    /// <summary>Returns what went wrong: the folder is missing, read-only or mounted without execution; null when all went well.</summary>
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

    /// <summary>What is mapped stays mapped, so the file can go; a network file system may hold on to it, and does no harm.</summary>
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
        string advice = "training needs 64-bit Linux (glibc 2.34 or newer), Windows or macOS on Arm, and the program's runtimes folder")
    {
        // The runtime lists every name it tried; the names that do not exist hide the dynamic loader's word on the one that does.
        string[] lines = cause.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string reason = lines.Skip(1).LastOrDefault(line => !(line.Contains("LibTorchSharp", StringComparison.Ordinal)
            && line.Contains("cannot open", StringComparison.Ordinal)), lines[0].Split(". ")[0]);
        return new InputException($"LibTorch does not load on this system: {reason.TrimEnd('.')}; {advice}", cause);
    }
}
