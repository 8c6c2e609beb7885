namespace Dapprox.Circuits.Formats;

/// <summary>
/// Writes clocked Verilog (IEEE 1364-2001) around the circuit of a multiplier: a multiply-accumulate unit, and a square array of them that
/// is output-stationary: each unit keeps one sum, activations move right and weights move down (Kung, "Why Systolic Architectures?",
/// IEEE Computer 15(1), 1982).
/// </summary>
public static class VerilogMacWriter
{
    /// <summary>The least array; one of one unit is the unit.</summary>
    public const int MinSize = 2;

    /// <summary>The largest array.</summary>
    public const int MaxSize = 256;

    /// <summary>The name of the module of a unit, or of an array of units.</summary>
    /// <param name="size">The rows and columns of the array; 1 for the unit alone.</param>
    public static string ModuleName(MacUnit unit, int size) =>
        $"{VerilogWriter.ModuleName(unit.Multiplier)}_{(size == 1 ? "mac" : "systolic")}";

    /// <summary>Writes the modules of the multiplier, the adder if it is a circuit, the unit, and the array.</summary>
    /// <param name="size">The rows and columns of the array, <see cref="MinSize"/> to <see cref="MaxSize"/>; 1 for the unit alone.</param>
    /// <param name="hierarchical">Whether the multiplier has modules for cells and for netlists inside.</param>
    /// <param name="writer">Receives the text; not closed.</param>
    public static void Write(MacUnit unit, int size, bool hierarchical, TextWriter writer)
    {
        if (size != 1)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(size, MinSize);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(size, MaxSize);
        }

        if (hierarchical)
            VerilogWriter.WriteHierarchical(unit.Multiplier, writer);
        else
            VerilogWriter.WriteFlat(unit.Multiplier, writer);
        if (AdderOf(unit) is Netlist adder)
            VerilogWriter.WriteFlat(adder, writer);
        WriteUnit(unit, writer);
        if (size > 1)
            WriteArray(unit, size, writer);
    }

    // Named after the multiplier, so that it cannot have its name.
    static Netlist? AdderOf(MacUnit unit) => unit.Adder?.WithName($"{VerilogWriter.ModuleName(unit.Multiplier)}_adder");

    static void WriteUnit(MacUnit unit, TextWriter writer)
    {
        Netlist multiplier = unit.Multiplier;
        int a = multiplier.Inputs[0].Width, b = multiplier.Inputs[1].Width, product = multiplier.Outputs[0].Width, sum = unit.Width;
        string activation = multiplier.IsSigned ? "signed " : "", weight = unit.IsSigned ? "signed " : "";
        IReadOnlyList<string> ports = VerilogWriter.PortNames(multiplier);
        string high = multiplier.IsSigned ? $"product[{product - 1}]" : "1'b0";
        string extended = sum == product ? "product" : $"{{{{{sum - product}{{{high}}}}}, product}}";
        writer.Write(
            $$"""
            // Multiply and accumulate. At a rising edge of clk, sum becomes start with load, and otherwise sum plus the product of the
            // activation a and the weight b with enable.
            module {{ModuleName(unit, size: 1)}}(
              input clk, input load, input enable,
              input {{activation}}[{{a - 1}}:0] a, input {{weight}}[{{b - 1}}:0] b,
              input {{weight}}[{{sum - 1}}:0] start, output reg {{weight}}[{{sum - 1}}:0] sum);

              wire [{{product - 1}}:0] product;

            """);
        if (unit.Negates)
        {
            writer.Write(
                $$"""
                  // The multiplier is unsigned: absolute values are multiplied.
                  wire negative = b[{{b - 1}}];
                  wire [{{b - 1}}:0] size = negative ? -b : b;
                  {{VerilogWriter.ModuleName(multiplier)}} multiplier(.{{ports[0]}}(a), .{{ports[1]}}(size), .{{ports[2]}}(product));
                  wire [{{sum - 1}}:0] term = negative ? -{{extended}} : {{extended}};

                """);
        }
        else
        {
            writer.Write(
                $$"""
                  {{VerilogWriter.ModuleName(multiplier)}} multiplier(.{{ports[0]}}(a), .{{ports[1]}}(b), .{{ports[2]}}(product));
                  wire [{{sum - 1}}:0] term = {{extended}};

                """);
        }

        if (AdderOf(unit) is Netlist adder)
        {
            IReadOnlyList<string> pins = VerilogWriter.PortNames(adder);
            int total = adder.Outputs[0].Width;
            writer.Write(
                $$"""
                  wire [{{total - 1}}:0] next;
                  {{VerilogWriter.ModuleName(adder)}} adder(.{{pins[0]}}(sum), .{{pins[1]}}(term), .{{pins[2]}}(next));

                """);
        }
        else
            writer.Write($"  wire [{sum - 1}:0] next = sum + term;\n");

        writer.Write(
            $$"""

              always @(posedge clk)
                if (load)
                  sum <= start;
                else if (enable)
                  sum <= next[{{sum - 1}}:0];
            endmodule


            """);
    }

    static void WriteArray(MacUnit unit, int size, TextWriter writer)
    {
        int a = unit.Multiplier.Inputs[0].Width, b = unit.Multiplier.Inputs[1].Width, sum = unit.Width;
        writer.Write(
            $$"""
            // An output-stationary systolic array of N x N units; unit (i, j), of row i and column j, keeps the sum of the products of
            // activations i and weights j. Number i of a bus of numbers of W bits is its bits [i*W +: W].
            //   With enable, a has an activation for each row and b a weight for each column. They are delayed inside and meet in unit
            //   (i, j) i + j clocks later: 2N - 2 clocks after the last operands all sums are complete.
            //   With load, sums move down a row, start enters row 0, and operands on their way are discarded; sum is the last row. N clocks
            //   of load read all sums, from the last row up, and set those of the next pass, also from the last row up.
            module {{ModuleName(unit, size)}} #(parameter N = {{size}}) (
              input clk, input load, input enable,
              input [N*{{a}}-1:0] a, input [N*{{b}}-1:0] b,
              input [N*{{sum}}-1:0] start, output [N*{{sum}}-1:0] sum);

              // Whether the units (i, j) with i + j = 0, 1, ... have operands.
              reg [2*N-3:0] enabled_later;
              wire [2*N-2:0] enabled = {enabled_later, enable};
              always @(posedge clk)
                enabled_later <= load ? 0 : enabled[2*N-3:0];

              // What enters row i from the left and column i from above: i clocks late.
              wire [N*{{a}}-1:0] a_first;
              wire [N*{{b}}-1:0] b_first;
              assign a_first[{{a - 1}}:0] = a[{{a - 1}}:0];
              assign b_first[{{b - 1}}:0] = b[{{b - 1}}:0];

              genvar i, j;
              generate
                for (i = 1; i < N; i = i + 1) begin : skew
                  reg [i*{{a}}-1:0] a_waiting;
                  reg [i*{{b}}-1:0] b_waiting;
                  wire [(i+1)*{{a}}-1:0] a_moving = {a_waiting, a[i*{{a}} +: {{a}}]};
                  wire [(i+1)*{{b}}-1:0] b_moving = {b_waiting, b[i*{{b}} +: {{b}}]};
                  always @(posedge clk) begin
                    a_waiting <= a_moving[i*{{a}}-1:0];
                    b_waiting <= b_moving[i*{{b}}-1:0];
                  end
                  assign a_first[i*{{a}} +: {{a}}] = a_moving[i*{{a}} +: {{a}}];
                  assign b_first[i*{{b}} +: {{b}}] = b_moving[i*{{b}} +: {{b}}];
                end

                for (i = 0; i < N; i = i + 1) begin : row
                  for (j = 0; j < N; j = j + 1) begin : column
                    wire [{{a - 1}}:0] a_here;
                    wire [{{b - 1}}:0] b_here;
                    wire [{{sum - 1}}:0] above, here;
                    // For the units to the right and below.
                    reg [{{a - 1}}:0] a_next;
                    reg [{{b - 1}}:0] b_next;
                    always @(posedge clk) begin
                      a_next <= a_here;
                      b_next <= b_here;
                    end

                    if (j == 0)
                      assign a_here = a_first[i*{{a}} +: {{a}}];
                    else
                      assign a_here = row[i].column[j-1].a_next;
                    if (i == 0) begin
                      assign b_here = b_first[j*{{b}} +: {{b}}];
                      assign above = start[j*{{sum}} +: {{sum}}];
                    end else begin
                      assign b_here = row[i-1].column[j].b_next;
                      assign above = row[i-1].column[j].here;
                    end
                    if (i == N - 1)
                      assign sum[j*{{sum}} +: {{sum}}] = here;

                    {{ModuleName(unit, size: 1)}} unit(
                      .clk(clk), .load(load), .enable(enabled[i+j]), .a(a_here), .b(b_here), .start(above), .sum(here));
                  end
                end
              endgenerate
            endmodule


            """);
    }
}
