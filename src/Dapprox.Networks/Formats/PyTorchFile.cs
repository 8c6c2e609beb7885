using System.IO.Compression;
using Dapprox.Foundation;

namespace Dapprox.Networks.Formats;

/// <summary>
/// Reads the tensors of a PyTorch state dict, as <c>torch.save(model.state_dict(), path)</c> writes it: a zip archive with a
/// pickle and the numbers, or before PyTorch 1.6 pickles that the numbers follow. Nothing in it is executed; anything other than a tensor
/// is refused with its name. A checkpoint's state dict is found inside its dictionary, and prefixes of wrappers are taken off the names.
/// </summary>
public static class PyTorchFile
{
    // The pickle of a state dict has some hundred bytes per tensor.
    const int MaxPickleBytes = 1 << 24;

    const int MaxDimensions = 64;

    const int LongestMessage = 1000;

    // What a message shows of a value from a file.
    const int ShownLetters = 60, ShownItems = 8;

    // Where training programs keep the state dict among epoch, optimiser and the like; checkpoints nest it once or twice.
    static readonly string[] StateDictNames =
        ["state_dict", "model_state_dict", "model", "model_state", "net", "network", "weights", "params"];

    const int DeepestStateDict = 4;

    /// <summary>What DataParallel, torch.compile and Lightning put in front of every name.</summary>
    static readonly string[] Prefixes = ["module.", "_orig_mod.", "model."];

    /// <summary>The first pickle of a file from before PyTorch 1.6: a number of ten bytes.</summary>
    static ReadOnlySpan<byte> LegacyStart => [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];

    static readonly Dictionary<string, RealFormat> RealStorages = new()
    {
        ["FloatStorage"] = RealFormat.Float32,
        ["HalfStorage"] = RealFormat.Float16,
        ["BFloat16Storage"] = RealFormat.BFloat16,
        ["DoubleStorage"] = RealFormat.Float64,
    };

    static readonly HashSet<string> OtherStorages = [
        "LongStorage", "IntStorage", "ShortStorage", "CharStorage", "ByteStorage", "BoolStorage"];

    /// <summary>The tensors of real numbers by name; tensors of integers, which count batches, are left out.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputException">The file is not a state dict, or it contains something else.</exception>
    public static IReadOnlyDictionary<string, Tensor> Load(string path) => InputFile.Read(path, stream =>
    {
        try
        {
            if (Begins(stream, LegacyStart))
                return Unwrapped(new LegacyReader(stream).Tensors());
            using var archive = new ZipArchive(stream);
            return Unwrapped(new ArchiveReader(archive, stream.Length).Tensors());
        }
        catch (InvalidDataException e)
        {
            throw new InputException($"'{path}' is no file that PyTorch saved: it is neither a zip archive nor pickles, or damaged", e);
        }
        catch (InputException e)
        {
            throw new InputException($"'{path}': {InputFile.OneLine(e.Message, LongestMessage)}", e);
        }
    });

    /// <summary>Whether a file begins as PyTorch's do, of either kind.</summary>
    /// <param name="stream">The file, from its beginning; it is there again afterwards.</param>
    internal static bool IsPyTorch(Stream stream) => Begins(stream, "PK\x3\x4"u8) || Begins(stream, LegacyStart);

    static bool Begins(Stream stream, ReadOnlySpan<byte> with)
    {
        Span<byte> start = stackalloc byte[with.Length];
        int count = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        return start[..count].SequenceEqual(with);
    }

    /// <summary>The tensors without the prefixes that all names have.</summary>
    static Dictionary<string, Tensor> Unwrapped(Dictionary<string, Tensor> tensors)
    {
        while (tensors.Count > 0
            && Array.Find(Prefixes, known => tensors.Keys.All(name => name.StartsWith(known, StringComparison.Ordinal))) is string prefix)
        {
            tensors = tensors.ToDictionary(tensor => tensor.Key[prefix.Length..], tensor => tensor.Value);
        }

        return tensors;
    }

    static string What(object? value) => value switch
    {
        null => "None",
        Pickle.Call call => $"a {Cut(call.Function.ToString())}",
        Pickle.Name name => $"a {Cut(name.ToString())}",
        Pickle.Entries => "a dictionary",
        object?[] or List<object?> => "a list",
        _ => $"'{Cut(value.ToString()!)}'",
    };

    static string Cut(string text) => InputFile.OneLine(text, ShownLetters);

    static string Shown(object?[] list) =>
        $"[{string.Join(", ", list.Take(ShownItems).Select(item => Cut($"{item}")))}{(list.Length > ShownItems ? ", …" : "")}]";

    /// <summary>Reads the tensors of one file; the memory is bounded by a multiple of its length.</summary>
    /// <param name="length">The length of the file in bytes.</param>
    abstract class Reader(long length)
    {
        // Networks use the same numbers at most twice; a hostile file claims a thousand times as much.
        protected const int MaxOfLength = 16;

        long tensorBytes;

        protected long Length { get; } = length;

        /// <summary>The numbers that a storage's key stands for.</summary>
        protected abstract byte[] Storage(string tensor, string key);

        /// <summary>The tensors in the object of a file.</summary>
        protected Dictionary<string, Tensor> Tensors(object? saved)
        {
            Pickle.Entries entries = StateDict(saved, DeepestStateDict)
                ?? throw new InputException($"it holds something else than a dictionary of tensors; {Pickle.HowToSave}");
            var tensors = new Dictionary<string, Tensor>();
            foreach ((object? key, object? value) in entries)
            {
                if (key is not string name)
                    throw new InputException($"its dictionary has the key {What(key)}; a state dict has names");
                if (Read(name, value) is Tensor tensor)
                    tensors[name] = tensor;
            }

            return tensors;
        }

        /// <summary>The state dict: the dictionary itself, or the one that a training program's checkpoint has inside.</summary>
        static Pickle.Entries? StateDict(object? saved, int depth)
        {
            if (saved is not Pickle.Entries entries || depth == 0)
                return null;
            foreach (string name in StateDictNames)
            {
                foreach ((object? key, object? value) in entries)
                {
                    if (key is string own && own == name && StateDict(value, depth - 1) is Pickle.Entries inner)
                        return inner;
                }
            }

            return entries;
        }

        /// <summary>A tensor; null if it holds integers.</summary>
        Tensor? Read(string name, object? value)
        {
            if (value is Pickle.Call { Function: { Module: "torch._utils", Member: "_rebuild_parameter" }, Arguments: [object inner, ..] })
                value = inner;
            if (value is not Pickle.Call
                {
                    Function: { Module: "torch._utils", Member: "_rebuild_tensor_v2" },
                    Arguments: [Pickle.Reference { Id: object?[] id }, long offset, object?[] size, object?[] stride, ..]
                })
                throw new InputException(
                    $"'{Cut(name)}' is {What(value)}; only tensors are read"
                        + (value is Pickle.Entries ? ": save this dictionary alone" : ""));
            if (id is not ["storage", Pickle.Name { Module: "torch" } storage, string key, ..])
                throw new InputException($"the numbers of '{Cut(name)}' are not where a state dict has them");
            if (OtherStorages.Contains(storage.Member))
                return null;
            if (!RealStorages.TryGetValue(storage.Member, out RealFormat format))
                throw new InputException($"'{Cut(name)}' is of {Cut(storage.ToString())}; read are {string.Join(", ", RealStorages.Keys)}");
            if (size.Length != stride.Length || size.Length > MaxDimensions
                || size.Concat(stride).Any(number => number is not (>= 0L and <= int.MaxValue)))
                throw new InputException($"'{Cut(name)}' has the shape {Shown(size)} and the strides {Shown(stride)}");
            int[] shape = [.. size.Select(number => (int)(long)number!)], strides = [.. stride.Select(number => (int)(long)number!)];
            byte[] data = Storage(name, key);
            // In binary64, in which these products do not overflow.
            double count = shape.Aggregate(1.0, (product, dimension) => product * Math.Max(1, dimension));
            double last = offset + shape.Zip(strides, (dimension, step) => (dimension - 1.0) * step).Sum();
            bool isEmpty = shape.Contains(0);
            if (offset < 0 || count > Array.MaxLength || (!isEmpty && (last + 1) * format.Size() > data.Length))
                throw new InputException(
                    $"'{Cut(name)}' of the shape {Shown(size)} reaches beyond the {data.Length} bytes of data/{Cut(key)}");
            tensorBytes += isEmpty ? 0 : (long)count * format.Size();
            if (tensorBytes > MaxOfLength * Length)
                throw new InputException($"the tensors up to '{Cut(name)}' have {tensorBytes} bytes, more than {MaxOfLength} times the "
                    + $"{Length} of the file, by repeating its numbers; save clones of them");
            float[] result = new float[isEmpty ? 0 : (int)count];
            for (int i = 0; i < result.Length; i++)
            {
                long index = offset;
                for (int axis = shape.Length - 1, rest = i; axis >= 0; rest /= shape[axis], axis--)
                    index += (long)(rest % shape[axis]) * strides[axis];
                result[i] = format.Read(data.AsSpan((int)(index * format.Size())));
            }

            return new Tensor(result, shape);
        }
    }

    /// <summary>Reads an archive, as PyTorch 1.6 and newer write it. PyTorch does not compress.</summary>
    sealed class ArchiveReader(ZipArchive archive, long length) : Reader(length)
    {
        readonly Dictionary<string, byte[]> storages = [];
        string folder = "";
        long storageBytes;

        public Dictionary<string, Tensor> Tensors()
        {
            ZipArchiveEntry pickle = archive.Entries.FirstOrDefault(entry => entry.Name == "data.pkl")
                ?? throw new InputException($"there is no data.pkl in it, so it is no state dict; {Pickle.HowToSave}");
            if (pickle.Length > MaxPickleBytes)
                throw new InputException($"its data.pkl has {pickle.Length} bytes; a state dict's has at most {MaxPickleBytes}");
            folder = pickle.FullName[..^"data.pkl".Length];
            if (archive.GetEntry(folder + "constants.pkl") is not null)
                throw new InputException($"it is TorchScript, a program; {Pickle.HowToSave}");
            if (archive.GetEntry(folder + "byteorder") is { Length: 3 })
                throw new InputException("its numbers are big-endian, and little-endian ones are read; save it again on another machine");
            return Tensors(Pickle.Read(Bytes(pickle)));
        }

        protected override byte[] Storage(string tensor, string key)
        {
            string entryName = $"{folder}data/{key}";
            if (storages.TryGetValue(entryName, out byte[]? bytes))
                return bytes;
            ZipArchiveEntry entry = archive.GetEntry(entryName)
                ?? throw new InputException($"the numbers of '{Cut(tensor)}', {Cut(entryName)}, are missing");
            return storages[entryName] = Bytes(entry);
        }

        byte[] Bytes(ZipArchiveEntry entry)
        {
            storageBytes += entry.Length;
            if (storageBytes > MaxOfLength * Length || entry.Length > Array.MaxLength)
                throw new InputException(
                    $"{Cut(entry.FullName)} and what was read before have {storageBytes} bytes, more than {MaxOfLength} times the {Length} "
                        + "of the file; PyTorch does not compress; save it again");
            byte[] bytes = new byte[entry.Length];
            using Stream stream = entry.Open();
            stream.ReadExactly(bytes);
            return bytes;
        }
    }

    /// <summary>
    /// Reads what PyTorch wrote before 1.6: pickles of a number, a version, the machine, the object and the keys of the storages, and then
    /// the storages, each behind its number of elements.
    /// </summary>
    sealed class LegacyReader(FileStream stream) : Reader(stream.Length)
    {
        readonly Dictionary<string, (int Start, int Length)> storages = new(StringComparer.Ordinal);
        byte[] bytes = [];

        public Dictionary<string, Tensor> Tensors()
        {
            if (Length > Array.MaxLength)
                throw new InputException($"it has {Length} bytes; files of this old kind have at most {Array.MaxLength}");
            bytes = new byte[Length];
            stream.ReadExactly(bytes);
            int at = LegacyStart.Length;
            Pickle.Read(bytes, ref at);
            if (Pickle.Read(bytes, ref at) is Pickle.Entries machine
                && machine.Any(entry => entry is { Key: "little_endian", Value: false }))
                throw new InputException("its numbers are big-endian, and little-endian ones are read; save it again on another machine");
            var sizes = new Dictionary<string, int>(StringComparer.Ordinal);
            object? saved = Pickle.Read(bytes, ref at, id =>
            {
                if (id is ["storage", Pickle.Name { Module: "torch" } storage, string key, ..])
                    sizes[key] = SizeOf(storage.Member);
            });
            if (Pickle.Read(bytes, ref at) is not List<object?> keys)
                throw new InputException("the pickle is damaged");
            foreach (object? key in keys)
            {
                if (key is not string name || !sizes.TryGetValue(name, out int size) || at + sizeof(long) > bytes.Length)
                    throw new InputException($"the storage {What(key)} is not one of its tensors'; the file may be cut short");
                long count = BitConverter.ToInt64(bytes, at);
                at += sizeof(long);
                if (count < 0 || count > (bytes.Length - at) / size)
                    throw new InputException($"the storage {What(key)} has {count} numbers, and {bytes.Length - at} bytes follow; the "
                        + "file may be cut short");
                storages[name] = (at, (int)count * size);
                at += (int)count * size;
            }

            return Tensors(saved);
        }

        protected override byte[] Storage(string tensor, string key) => storages.TryGetValue(key, out (int Start, int Length) place)
            ? bytes[place.Start..(place.Start + place.Length)]
            : throw new InputException($"the numbers of '{Cut(tensor)}', {Cut(key)}, are missing");

        static int SizeOf(string storage) => RealStorages.TryGetValue(storage, out RealFormat format)
            ? format.Size()
            : storage switch
            {
                "LongStorage" => sizeof(long),
                "IntStorage" => sizeof(int),
                "ShortStorage" => sizeof(short),
                "CharStorage" or "ByteStorage" or "BoolStorage" => 1,
                _ => throw new InputException($"a storage is of {Cut(storage)}; read are {string.Join(", ", RealStorages.Keys)}"),
            };
    }
}
