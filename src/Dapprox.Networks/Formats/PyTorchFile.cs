using System.IO.Compression;
using Dapprox.Foundation;

namespace Dapprox.Networks.Formats;

/// <summary>
/// Reads the tensors of a PyTorch state dict, as <c>torch.save(model.state_dict(), path)</c> writes it: a zip archive with a
/// pickle and the numbers. Nothing in it is executed; anything other than a tensor is refused with its name.
/// </summary>
public static class PyTorchFile
{
    // The pickle of a state dict has some hundred bytes per tensor.
    const int MaxPickleBytes = 1 << 24;

    const int MaxDimensions = 64;

    const int LongestMessage = 1000;

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
            using var archive = new ZipArchive(stream);
            return new Reader(archive, stream.Length).Tensors();
        }
        catch (InvalidDataException e)
        {
            throw new InputException($"'{path}' is no file that PyTorch 1.6 or newer saved: it is not a zip archive, or a damaged one", e);
        }
        catch (InputException e)
        {
            throw new InputException($"'{path}': {InputFile.OneLine(e.Message, LongestMessage)}", e);
        }
    });

    static string What(object? value) => value switch
    {
        null => "None",
        Pickle.Call call => $"a {call.Function}",
        Pickle.Name name => $"a {name}",
        Pickle.Entries => "a dictionary",
        object?[] or List<object?> => "a list",
        _ => $"'{value}'",
    };

    /// <summary>Reads one archive; the memory is bounded by a multiple of its length.</summary>
    /// <param name="length">The length of the file in bytes.</param>
    sealed class Reader(ZipArchive archive, long length)
    {
        // PyTorch does not compress, and networks use the same numbers at most twice; a hostile file claims a thousand times as much.
        const int MaxOfLength = 16;

        readonly Dictionary<string, byte[]> storages = [];
        long storageBytes;
        long tensorBytes;

        public Dictionary<string, Tensor> Tensors()
        {
            ZipArchiveEntry pickle = archive.Entries.FirstOrDefault(entry => entry.Name == "data.pkl")
                ?? throw new InputException("there is no data.pkl in it, so it is no state dict");
            if (pickle.Length > MaxPickleBytes)
                throw new InputException($"its data.pkl has {pickle.Length} bytes; a state dict's has at most {MaxPickleBytes}");
            string folder = pickle.FullName[..^"data.pkl".Length];
            if (archive.GetEntry(folder + "byteorder") is { Length: 3 })
                throw new InputException("its numbers are big-endian, and little-endian ones are read; save it again on another machine");
            if (Pickle.Read(Bytes(pickle)) is not Pickle.Entries entries)
                throw new InputException("it holds something else than a dictionary; save model.state_dict()");
            var tensors = new Dictionary<string, Tensor>();
            foreach ((object? key, object? value) in entries)
            {
                if (key is not string name)
                    throw new InputException($"its dictionary has the key {What(key)}; a state dict has names");
                if (Read(name, value, folder) is Tensor tensor)
                    tensors[name] = tensor;
            }

            return tensors;
        }

        /// <summary>A tensor; null if it holds integers.</summary>
        Tensor? Read(string name, object? value, string folder)
        {
            if (value is Pickle.Call { Function: { Module: "torch._utils", Member: "_rebuild_parameter" }, Arguments: [object inner, ..] })
                value = inner;
            if (value is not Pickle.Call
                {
                    Function: { Module: "torch._utils", Member: "_rebuild_tensor_v2" },
                    Arguments: [Pickle.Reference { Id: object?[] id }, long offset, object?[] size, object?[] stride, ..]
                })
                throw new InputException(
                    $"'{name}' is {What(value)}; only tensors are read{(value is Pickle.Entries ? ": save this dictionary alone" : "")}");
            if (id is not ["storage", Pickle.Name { Module: "torch" } storage, string key, ..])
                throw new InputException($"the numbers of '{name}' are not where a state dict has them");
            if (OtherStorages.Contains(storage.Member))
                return null;
            if (!RealStorages.TryGetValue(storage.Member, out RealFormat format))
                throw new InputException($"'{name}' is of {storage}; read are {string.Join(", ", RealStorages.Keys)}");
            if (size.Length != stride.Length || size.Length > MaxDimensions
                || size.Concat(stride).Any(number => number is not (>= 0L and <= int.MaxValue)))
                throw new InputException(
                    $"'{name}' has the shape [{string.Join(", ", size.Take(MaxDimensions))}] and the strides "
                        + $"[{string.Join(", ", stride.Take(MaxDimensions))}]");
            int[] shape = [.. size.Select(number => (int)(long)number!)], strides = [.. stride.Select(number => (int)(long)number!)];
            byte[] data = Storage(name, $"{folder}data/{key}");
            // In binary64, in which these products do not overflow.
            double count = shape.Aggregate(1.0, (product, dimension) => product * Math.Max(1, dimension));
            double last = offset + shape.Zip(strides, (dimension, step) => (dimension - 1.0) * step).Sum();
            bool isEmpty = shape.Contains(0);
            if (offset < 0 || count > Array.MaxLength || (!isEmpty && (last + 1) * format.Size() > data.Length))
                throw new InputException(
                    $"'{name}' of the shape [{string.Join(", ", shape)}] reaches beyond the {data.Length} bytes of data/{key}");
            tensorBytes += isEmpty ? 0 : (long)count * format.Size();
            if (tensorBytes > MaxOfLength * length)
                throw new InputException($"the tensors up to '{name}' have {tensorBytes} bytes, more than {MaxOfLength} times the "
                    + $"{length} of the file, by repeating its numbers; save clones of them");
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

        /// <summary>The storage of one or several tensors.</summary>
        byte[] Storage(string tensor, string entryName)
        {
            if (storages.TryGetValue(entryName, out byte[]? bytes))
                return bytes;
            ZipArchiveEntry entry = archive.GetEntry(entryName)
                ?? throw new InputException($"the numbers of '{tensor}', {entryName}, are missing");
            return storages[entryName] = Bytes(entry);
        }

        byte[] Bytes(ZipArchiveEntry entry)
        {
            storageBytes += entry.Length;
            if (storageBytes > MaxOfLength * length || entry.Length > Array.MaxLength)
                throw new InputException($"{entry.FullName} and what was read before have {storageBytes} bytes, more than {MaxOfLength} "
                    + $"times the {length} of the file; PyTorch does not compress; save it again");
            byte[] bytes = new byte[entry.Length];
            using Stream stream = entry.Open();
            stream.ReadExactly(bytes);
            return bytes;
        }
    }
}
