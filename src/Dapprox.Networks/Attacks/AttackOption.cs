using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks;

/// <summary>One setting of an attack, with access to its value in the attack's record.</summary>
public sealed class AttackOption
{
    readonly Func<IAttack<IGradientVictim>, object?> get;
    readonly Func<IAttack<IGradientVictim>, object, IAttack<IGradientVictim>> set;

    AttackOption(
        string name, string meaning, AttackValues values, string unset,
        Func<IAttack<IGradientVictim>, object?> get, Func<IAttack<IGradientVictim>, object, IAttack<IGradientVictim>> set)
    {
        (Name, Meaning, Values, Unset) = (name, meaning, values, unset);
        (this.get, this.set) = (get, set);
    }

    /// <summary>The name; the command line puts two dashes before it.</summary>
    public string Name { get; }

    /// <summary>What it means, in one sentence.</summary>
    public string Meaning { get; }

    /// <summary>The legal values.</summary>
    public AttackValues Values { get; }

    /// <summary>The behaviour without a value; empty for an option that always has one.</summary>
    public string Unset { get; }

    /// <summary>The value in an attack; null if it is unset.</summary>
    /// <param name="attack">An attack of the option's type.</param>
    public object? Get(IAttack<IGradientVictim> attack) => get(attack);

    /// <summary>The attack with another value.</summary>
    /// <param name="attack">An attack of the option's type.</param>
    /// <param name="value">The value, of the type that <see cref="Values"/> prescribes.</param>
    /// <exception cref="ArgumentException">The attack refuses the value.</exception>
    public IAttack<IGradientVictim> With(IAttack<IGradientVictim> attack, object value) => set(attack, value);

    /// <summary>Creates an option of the attacks of one type.</summary>
    /// <param name="name">The name without dashes.</param>
    /// <param name="meaning">What it means.</param>
    /// <param name="values">Which values are legal.</param>
    /// <param name="get">The property.</param>
    /// <param name="set">Returns the record with another value of the property.</param>
    /// <param name="unset">What an attack does without a value.</param>
    internal static AttackOption Of<TAttack, T>(
        string name, string meaning, AttackValues values, Func<TAttack, T> get, Func<TAttack, T, TAttack> set, string unset = "")
        where TAttack : IAttack<IGradientVictim> =>
        new(name, meaning, values, unset, attack => get((TAttack)attack), (attack, value) => set((TAttack)attack, (T)value));
}
