using System.Buffers.Binary;
using System.Text;

namespace Dapprox.Benchmarks.Oracle;

/// <summary>
/// The symbol versions that a shared library requires of others: section <c>.gnu.version_r</c> of a 64-bit little-endian ELF file,
/// described in the Linux Standard Base Core Specification 5.0, section 10.7.
/// </summary>
static class ElfVersionNeeds
{
    /// <summary>VER_FLG_WEAK: the dynamic loader accepts the library if the version is missing.</summary>
    public const ushort Weak = 2;

    const uint SectionOfVersionNeeds = 0x6FFFFFFE;
    const int SectionHeaderSize = 64;
    const int NeedSize = 16;
    const int AuxiliarySize = 16;

    /// <summary>A copy of the library that loads even if <paramref name="version"/> is missing.</summary>
    /// <param name="library">The content of the library file.</param>
    /// <param name="version">The version's name, for example <c>GLIBCXX_3.4.32</c>.</param>
    /// <exception cref="InvalidDataException">The file is not such a library, is truncated, or does not require that version.</exception>
    public static byte[] Weaken(ReadOnlySpan<byte> library, string version)
    {
        byte[] name = Encoding.ASCII.GetBytes(version);
        byte[] copy = library.ToArray();
        bool found = false;
        foreach (Entry entry in Read(copy))
        {
            if (!NameAt(copy, entry.NameOffset).SequenceEqual(name))
                continue;
            Span<byte> flags = copy.AsSpan(entry.FlagsOffset, 2);
            BinaryPrimitives.WriteUInt16LittleEndian(flags, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(flags) | Weak));
            found = true;
        }

        return found ? copy : throw new InvalidDataException($"The library asks nobody for the version {version}.");
    }

    /// <summary>A required version: the offsets of its name and its 16-bit flags in the file.</summary>
    readonly record struct Entry(ulong NameOffset, int FlagsOffset);

    static List<Entry> Read(byte[] file)
    {
        ReadOnlySpan<byte> header = Slice(file, 0, 64);
        if (!header[..4].SequenceEqual("\u007fELF"u8) || header[4] != 2 || header[5] != 1)
            throw new InvalidDataException("The library is not a 64-bit little-endian ELF file.");
        ulong sections = BinaryPrimitives.ReadUInt64LittleEndian(header[0x28..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(header[0x3C..]);
        if (BinaryPrimitives.ReadUInt16LittleEndian(header[0x3A..]) != SectionHeaderSize)
            throw new InvalidDataException("The library's section headers do not have the size of ELF's.");

        var entries = new List<Entry>();
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> section = SectionHeader(file, sections, i);
            if (BinaryPrimitives.ReadUInt32LittleEndian(section[4..]) != SectionOfVersionNeeds)
                continue;
            uint link = BinaryPrimitives.ReadUInt32LittleEndian(section[0x28..]);
            if (link >= count)
                throw new InvalidDataException("The library's version section names no string table.");
            ulong names = BinaryPrimitives.ReadUInt64LittleEndian(SectionHeader(file, sections, (int)link)[0x18..]);
            AddNeeds(file, BinaryPrimitives.ReadUInt64LittleEndian(section[0x18..]),
                BinaryPrimitives.ReadUInt32LittleEndian(section[0x2C..]), names, entries);
        }

        return entries;
    }

    /// <summary>Walks the chain of files and the chain of versions of each file; a link of 0 ends a chain.</summary>
    static void AddNeeds(byte[] file, ulong need, uint needCount, ulong names, List<Entry> entries)
    {
        for (uint i = 0; i < needCount; i++)
        {
            ReadOnlySpan<byte> needed = Slice(file, need, NeedSize);
            int count = BinaryPrimitives.ReadUInt16LittleEndian(needed[2..]);
            ulong auxiliary = need + BinaryPrimitives.ReadUInt32LittleEndian(needed[8..]);
            for (int j = 0; j < count; j++)
            {
                ReadOnlySpan<byte> version = Slice(file, auxiliary, AuxiliarySize);
                entries.Add(new Entry(names + BinaryPrimitives.ReadUInt32LittleEndian(version[8..]), (int)auxiliary + 4));
                uint nextVersion = BinaryPrimitives.ReadUInt32LittleEndian(version[12..]);
                if (nextVersion == 0)
                    break;
                auxiliary += nextVersion;
            }

            uint next = BinaryPrimitives.ReadUInt32LittleEndian(needed[12..]);
            if (next == 0)
                break;
            need += next;
        }
    }

    static ReadOnlySpan<byte> SectionHeader(byte[] file, ulong sections, int index) =>
        Slice(file, sections + (ulong)(index * SectionHeaderSize), SectionHeaderSize);

    static ReadOnlySpan<byte> NameAt(byte[] file, ulong offset)
    {
        ReadOnlySpan<byte> rest = file.AsSpan((int)Math.Min(offset, (ulong)file.Length));
        int length = rest.IndexOf((byte)0);
        return length < 0 ? throw new InvalidDataException("The library is cut short.") : rest[..length];
    }

    static ReadOnlySpan<byte> Slice(byte[] file, ulong offset, int length)
    {
        if (offset > (ulong)file.Length || (ulong)length > (ulong)file.Length - offset)
            throw new InvalidDataException("The library is cut short.");
        return file.AsSpan((int)offset, length);
    }
}
