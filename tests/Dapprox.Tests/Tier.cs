using System.Runtime.CompilerServices;
using Xunit;
using Xunit.v3;

namespace Dapprox.Tests;

/// <summary>When a test runs; docs/testing.md has the commands. A test without a tier is an everyday one.</summary>
public enum Tier
{
    /// <summary>Before every merge.</summary>
    Ci,

    /// <summary>When what it measures changes: minutes, or a quiet machine.</summary>
    Long,
}

/// <summary>A fact that runs when its tier is asked for.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FactOfAttribute : FactAttribute, ITraitAttribute
{
    readonly Tier tier;

    public FactOfAttribute(Tier tier, [CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => (this.tier, Explicit) = (tier, true);

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new(nameof(Tier), $"{tier}")];
}

/// <summary>A theory that runs when its tier is asked for.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TheoryOfAttribute : TheoryAttribute, ITraitAttribute
{
    readonly Tier tier;

    public TheoryOfAttribute(Tier tier, [CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => (this.tier, Explicit) = (tier, true);

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new(nameof(Tier), $"{tier}")];
}
