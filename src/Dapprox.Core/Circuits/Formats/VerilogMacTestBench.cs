using Dapprox.Foundation;

namespace Dapprox.Circuits.Formats;

/// <summary>
/// Writes a Verilog module that checks what <see cref="VerilogMacWriter"/> writes, sum by sum, with idle clocks between operands. It prints
/// a line <c>PASSED</c> with the count, or one for each difference and <c>FAILED</c>.
/// </summary>
public static class VerilogMacTestBench
{
    // Random passes: several, to see that each begins anew.
    const int Passes = 4;

    // At least this many products, and this many in a sum.
    const int Products = 2048, MinLength = 4;

    // Every so many operands are followed by a clock without.
    const int IdleAfter = 5;

    /// <summary>Writes the module <c>test_bench</c> with random operands; the sums are those of <see cref="MacUnit.Sum"/>.</summary>
    /// <param name="size">The rows and columns of the array; 1 for the unit alone.</param>
    /// <param name="seed">Determines the operands.</param>
    /// <param name="writer">Receives the text; not closed.</param>
    public static void Write(MacUnit unit, int size, ulong seed, TextWriter writer)
    {
        var random = new CounterRandom(seed);
        int length = Math.Max(MinLength, Products / (Passes * size * size));
        int a = unit.Multiplier.Inputs[0].Width, b = unit.Multiplier.Inputs[1].Width;
        MacTile[] tiles = new MacTile[Passes];
        for (int pass = 0; pass < Passes; pass++)
        {
            ulong[][] activations = Rows(size, () => Rows(length, () => Bits(a))), weights = Rows(size, () => Rows(length, () => Bits(b)));
            UInt128[][] starts = Rows(
                size, () => Rows(size, () => new UInt128(random.NextUInt64(), random.NextUInt64()) >> (128 - unit.Width)));
            tiles[pass] = MacTile.Of(unit, activations, weights, starts);
        }

        Write(unit, size, tiles, writer);

        ulong Bits(int width) => random.NextUInt64() >> (64 - width);

        static T[] Rows<T>(int count, Func<T> row) => [.. Enumerable.Range(0, count).Select(_ => row())];
    }

    /// <summary>Writes the module <c>test_bench</c> with given operands and sums.</summary>
    /// <param name="size">The rows and columns of the array; 1 for the unit alone.</param>
    /// <param name="tiles">The passes, one after another, of so many rows and columns; at least one.</param>
    /// <param name="writer">Receives the text; not closed.</param>
    public static void Write(MacUnit unit, int size, IEnumerable<MacTile> tiles, TextWriter writer)
    {
        int a = unit.Multiplier.Inputs[0].Width, b = unit.Multiplier.Inputs[1].Width, sum = unit.Width;
        writer.Write(
            $$"""
            module test_bench;
              reg clk, load, enable;
              reg [{{size * a - 1}}:0] a;
              reg [{{size * b - 1}}:0] b;
              reg [{{size * sum - 1}}:0] start;
              wire [{{size * sum - 1}}:0] sum;
              integer errors, row, column;

              {{VerilogMacWriter.ModuleName(unit, size)}} tested(
                .clk(clk), .load(load), .enable(enable), .a(a), .b(b), .start(start), .sum(sum));

              task tick;
                begin
                  #1 clk = 1;
                  #1 clk = 0;
                end
              endtask

              // Operands; behind them others, which must not count.
              task feed;
                input [{{size * a - 1}}:0] next_a;
                input [{{size * b - 1}}:0] next_b;
                begin
                  enable = 1;
                  a = next_a;
                  b = next_b;
                  tick;
                  enable = 0;
                  a = ~a;
                  b = ~b;
                end
              endtask

              task idle;
                input integer clocks;
                repeat (clocks) tick;
              endtask

              // The last row of sums.
              task check;
                input [{{size * sum - 1}}:0] expected;
                begin
                  row = row == 0 ? {{size - 1}} : row - 1;
                  for (column = 0; column < {{size}}; column = column + 1)
                    if (sum[column*{{sum}} +: {{sum}}] !== expected[column*{{sum}} +: {{sum}}]) begin
                      errors = errors + 1;
                      $display("differs: row %0d, column %0d: %h instead of %h",
                        row, column, sum[column*{{sum}} +: {{sum}}], expected[column*{{sum}} +: {{sum}}]);
                    end
                end
              endtask

              task move;
                input [{{size * sum - 1}}:0] next_start;
                begin
                  load = 1;
                  start = next_start;
                  tick;
                  load = 0;
                end
              endtask

              initial begin
                clk = 0;
                load = 0;
                enable = 0;
                errors = 0;
                row = 0;

            """);
        MacTile? before = null;
        int count = 0;
        foreach (MacTile tile in tiles)
        {
            Move(before, tile);
            for (int k = 0; k < tile.Activations[0].Length; k++)
            {
                writer.Write(
                    $"    feed({Bus(tile.Activations.Select(row => (UInt128)row[k]), a)}, "
                    + $"{Bus(tile.Weights.Select(column => (UInt128)column[k]), b)});\n");
                if (k % IdleAfter == IdleAfter - 1)
                    writer.Write("    idle(1);\n");
            }

            // As many as the last operands need, and one in which nothing may change.
            writer.Write($"    idle({2 * size - 1});\n");
            before = tile;
            count++;
        }

        Move(before, null);
        long sums = (long)count * size * size;
        writer.Write(
            $"""
                if (errors == 0) $display("PASSED {sums} sums");
                else $display("FAILED %0d of {sums} sums", errors);
                $finish;
              end
            endmodule

            """);

        // The sums of a pass leave while those of the next enter, the last row first.
        void Move(MacTile? leaving, MacTile? entering)
        {
            for (int row = size - 1; row >= 0; row--)
            {
                if (leaving is not null)
                    writer.Write($"    check({Bus(leaving.Sums[row], sum)});\n");
                writer.Write($"    move({Bus(entering?.Starts[row] ?? new UInt128[size], sum)});\n");
            }
        }
    }

    /// <summary>Numbers side by side, the first lowest.</summary>
    static string Bus(IEnumerable<UInt128> numbers, int width) =>
        $"{{{string.Join(", ", numbers.Reverse().Select(number => $"{width}'h{number:x}"))}}}";
}
