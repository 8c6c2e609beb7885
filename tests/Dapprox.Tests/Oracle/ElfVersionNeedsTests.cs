using System.Buffers.Binary;
using System.Text;
using CsCheck;
using Dapprox.Benchmarks.Oracle;
using Xunit;

namespace Dapprox.Tests.Oracle;

public class ElfVersionNeedsTests
{
    const string Version = "GLIBCXX_3.4.32";

    [Fact]
    public void Weaken_TheInstalledLibrary_ChangesTheFlagAndNothingElse()
    {
        byte[] original = InstalledLibrary();

        byte[] weakened = ElfVersionNeeds.Weaken(original, Version);

        int[] changed = Enumerable.Range(0, original.Length).Where(i => original[i] != weakened[i]).ToArray();
        Assert.Equal(original.Length, weakened.Length);
        Assert.Equal([FlagsByHash(original)], changed);
        Assert.Equal(0, original[changed[0]]);
        Assert.Equal(ElfVersionNeeds.Weak, weakened[changed[0]]);
    }

    [Fact]
    public void Weaken_AWeakenedLibrary_ChangesNothing()
    {
        byte[] weakened = ElfVersionNeeds.Weaken(InstalledLibrary(), Version);

        Assert.Equal(weakened, ElfVersionNeeds.Weaken(weakened, Version));
    }

    [Theory]
    [InlineData("GLIBCXX_3.4.3")]
    [InlineData("GLIBCXX_3.4.320")]
    [InlineData("")]
    public void Weaken_VersionNobodyAsksFor_Throws(string version)
    {
        byte[] library = InstalledLibrary();

        Assert.Throws<InvalidDataException>(() => ElfVersionNeeds.Weaken(library, version));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(0x3F900)]
    [InlineData(1_000_000)]
    public void Weaken_FileCutShort_Throws(int length)
    {
        byte[] library = InstalledLibrary();

        Assert.Throws<InvalidDataException>(() => ElfVersionNeeds.Weaken(library.AsSpan(0, length), Version));
    }

    [Fact]
    public void Weaken_DamagedFile_IsWeakenedOrRefused()
    {
        byte[] small = SmallLibrary();
        Assert.Equal(ElfVersionNeeds.Weak, ElfVersionNeeds.Weaken(small, Version)[FlagsByHash(small)]);

        Gen.Select(Gen.Int[0, small.Length - 1], Gen.Byte).Array[1, 8].Sample(damages =>
        {
            byte[] damaged = (byte[])small.Clone();
            foreach ((int place, byte value) in damages)
                damaged[place] = value;
            try
            {
                ElfVersionNeeds.Weaken(damaged, Version);
            }
            catch (InvalidDataException)
            {
                // The one exception that is allowed.
            }
        });
    }

    static byte[] InstalledLibrary()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has ELF libraries.");
        return File.ReadAllBytes(LibTorch.InstalledPath());
    }

    /// <summary>Finds the flags without walking the tables: they follow the version's System V hash.</summary>
    static int FlagsByHash(byte[] library)
    {
        byte[] hash = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(hash, Hash(Version));
        return library.AsSpan().IndexOf(hash) + 4;
    }

    /// <summary>The hash of symbol names in the System V ABI, generic part, "Hash Table".</summary>
    static uint Hash(string name)
    {
        uint hash = 0;
        foreach (char letter in name)
        {
            hash = (hash << 4) + letter;
            uint top = hash & 0xF0000000;
            hash = (hash ^ (top >> 24)) & ~top;
        }

        return hash;
    }

    /// <summary>A header, two sections (names, needs) and one needed version: few bytes, so that damage hits what matters.</summary>
    static byte[] SmallLibrary()
    {
        byte[] file = new byte[64 + 2 * 64 + 32 + 16];
        "\u007fELF"u8.CopyTo(file);
        file[4] = 2;
        file[5] = 1;
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(0x28), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x3A), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x3C), 2);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(64 + 0x18), 224);
        Span<byte> needs = file.AsSpan(128, 64);
        BinaryPrimitives.WriteUInt32LittleEndian(needs[4..], 0x6FFFFFFE);
        BinaryPrimitives.WriteUInt64LittleEndian(needs[0x18..], 192);
        BinaryPrimitives.WriteUInt32LittleEndian(needs[0x2C..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(192 + 2), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(192 + 8), 16);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(208), Hash(Version));
        Encoding.ASCII.GetBytes(Version).CopyTo(file.AsSpan(224));
        return file;
    }
}
