using Dapprox.Arithmetic;

namespace Dapprox;

/// <summary>Multipliers of integers that are defined alike and differ in width, in sign, and in at most one number.</summary>
public sealed record IntegerMultiplierFamily
{
    /// <summary>The name of the family: <c>drum</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The name of the number in which its multipliers differ, <c>k</c>; null where there is none.</summary>
    public string? Option { get; init; }

    /// <summary>What that number is, and its range; empty where there is none.</summary>
    public string OptionHelp { get; init; } = "";

    /// <summary>Whether the width directly follows the name, which also says the sign: <c>exact-int8</c>.</summary>
    public bool IsExact { get; init; }

    /// <summary>A multiplier of 8 bits, with what it computes and where it was published.</summary>
    public required IntegerMultiplier Example { get; init; }

    /// <summary>Makes a multiplier of a width, a sign and the option's number.</summary>
    public required Func<int, bool, int, IntegerMultiplier> Create { get; init; }

    /// <summary>What names look like: <c>drum:BITS:k=N[:sign-magnitude]</c>.</summary>
    public string Form => IsExact ? $"{Prefix}BITS"
        : $"{Prefix}BITS{(Option is null ? "" : $":{Option}=N")}[:{MagnitudeMultiplier.SignWord}]";

    /// <summary>What names begin with, up to the width.</summary>
    internal string Prefix => IsExact ? Name : Name + ":";
}
