using Dapprox.Foundation;

namespace Dapprox.Arithmetic;

/// <summary>
/// A floating-point multiplier whose mantissas are multiplied by a table, in the format with 8 exponent bits that fits its operands: with
/// tables of 8 bits bfloat16. Products are truncated below their leading one.
/// </summary>
public sealed class TableMantissaMultiplier : MantissaMultiplier
{
    readonly TableMultiplier table;

    /// <summary>Takes a table as the mantissa multiplier.</summary>
    /// <param name="table">An unsigned table of operands of at least 2 bits, hidden ones included.</param>
    /// <param name="name">The name of the multiplier; null for the table's.</param>
    /// <exception cref="InputException">The table is signed, or too narrow.</exception>
    public TableMantissaMultiplier(TableMultiplier table, string? name = null)
        : base(
            name ?? Checked(table).Name, $"table of {table.FirstWidth}-bit mantissas", "", MantissaOverflow.Renormalised,
            new(8, Checked(table).FirstWidth - 1)) =>
        this.table = table;

    /// <inheritdoc/>
    public override ulong MultiplyMantissas(uint activation, uint weight) => table.Product(activation, weight);

    static TableMultiplier Checked(TableMultiplier table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return !table.IsSigned && table.FirstWidth >= 2 ? table : throw new InputException(
            $"the table {table.Name} is {(table.IsSigned ? "signed" : "of 1-bit operands")}; mantissas are unsigned and have at least 2 "
                + "bits");
    }
}
