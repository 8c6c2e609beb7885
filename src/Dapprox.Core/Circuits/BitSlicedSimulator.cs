using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dapprox.Circuits;

/// <summary>
/// Computes a netlist for 512 operands at a time, each wire a vector of 512 bits: what <see cref="Netlist.Evaluate"/> gives,
/// fast. The netlist is compiled once, to one ternary-logic instruction per function of three bits with AVX-512, otherwise to
/// formulas of two-input operations.
/// </summary>
/// <remarks>
/// The code is cut into pieces of a few hundred functions, because the compiler gives up optimising methods that are much
/// larger. Wires inside a piece are local variables; those that lead from one piece to another, the inputs and the outputs
/// have slots in memory. Safe for many threads, each with its own <see cref="Slots"/>.
/// </remarks>
public sealed class BitSlicedSimulator
{
    /// <summary>How many operands are computed together.</summary>
    public const int Lanes = 512;

    const int FunctionsPerPiece = 256, SlotBytes = Lanes / 8, WordsOfNumber = 4;

    static readonly ConditionalWeakTable<Netlist, BitSlicedSimulator> Compiled = [];

    readonly Piece[] pieces;
    readonly int vectorBytes;
    readonly int slotCount;

    /// <summary>Compiles a netlist for vectors of a size.</summary>
    /// <param name="netlist">The circuit to simulate.</param>
    /// <param name="vectorBytes">64 (with AVX-512), 32 or 16.</param>
    internal BitSlicedSimulator(Netlist netlist, int vectorBytes)
    {
        Netlist = netlist;
        this.vectorBytes = vectorBytes;
        var network = new LogicNetwork(netlist);
        int next = 0;
        InputSlots = [.. netlist.Inputs.Select(bus => Region(bus.Width, ref next))];
        OutputSlots = [.. netlist.Outputs.Select(bus => Region(bus.Width, ref next))];
        var emitter = new Emitter(vectorBytes);
        int[] slotOfNet = new int[netlist.NetCount];
        Array.Fill(slotOfNet, -1);
        for (int bus = 0; bus < netlist.Inputs.Count; bus++)
        {
            for (int bit = 0; bit < netlist.Inputs[bus].Width; bit++)
                slotOfNet[netlist.Inputs[bus].Nets[bit]] = InputSlots[bus] + bit;
        }

        LogicFunction[][] cut = [.. LogicOrder.Of(network, emitter.Registers).Chunk(FunctionsPerPiece)];
        int[] pieceOfNet = new int[netlist.NetCount];
        Array.Fill(pieceOfNet, -1);
        for (int piece = 0; piece < cut.Length; piece++)
        {
            foreach (LogicFunction function in cut[piece])
            {
                pieceOfNet[function.Net] = piece;
                foreach (int net in LogicOrder.Operands(function))
                {
                    if (pieceOfNet[net] != piece && slotOfNet[net] < 0)
                        slotOfNet[net] = next++;
                }
            }
        }

        foreach (int net in network.Outputs.SelectMany(bus => bus))
        {
            if (net is not (Netlist.Zero or Netlist.One) && slotOfNet[net] < 0)
                slotOfNet[net] = next++;
        }

        int firstSpill = next;
        List<Piece> made = [];
        foreach (LogicFunction[] functions in cut)
        {
            made.Add(emitter.Compute(functions, slotOfNet, firstSpill, out int end));
            next = Math.Max(next, end);
        }

        slotCount = next;
        pieces = [.. made, emitter.Copy(network.Outputs, OutputSlots, slotOfNet)];
    }

    /// <summary>Computes one piece on the slots from an address on.</summary>
    delegate void Piece(ref byte slots);

    /// <summary>The widest vectors of this processor.</summary>
    static int WidestVector => Avx512F.IsSupported ? 64 : Vector256.IsHardwareAccelerated ? 32 : 16;

    /// <summary>The netlist.</summary>
    public Netlist Netlist { get; }

    /// <summary>The slot of the lowest bit of each input; the others follow, and then room up to a multiple of 32.</summary>
    internal IReadOnlyList<int> InputSlots { get; }

    /// <summary>The slot of the lowest bit of each output; the others follow, and then zeros up to a multiple of 32.</summary>
    internal IReadOnlyList<int> OutputSlots { get; }

    /// <summary>Gets the simulator of a netlist: compiled on first use, and kept as long as the netlist.</summary>
    /// <param name="netlist">The circuit to simulate.</param>
    public static BitSlicedSimulator Of(Netlist netlist) => Compiled.GetValue(netlist, key => new BitSlicedSimulator(key, WidestVector));

    /// <summary>Computes the outputs for many inputs.</summary>
    /// <param name="inputs">For each input of the netlist an array of numbers, all of the same length; bits beyond its width are
    /// ignored.</param>
    /// <returns>For each output an array of as many numbers.</returns>
    /// <exception cref="ArgumentException">There are not as many arrays as inputs, or their lengths differ.</exception>
    public UInt128[][] Evaluate(params ulong[][] inputs)
    {
        if (inputs.Length != Netlist.Inputs.Count || inputs.Any(numbers => numbers.Length != inputs[0].Length))
        {
            throw new ArgumentException(
                $"{Netlist} takes {Netlist.Inputs.Count} arrays of one length; "
                + $"given: {string.Join(", ", inputs.Select(numbers => numbers.Length))}.", nameof(inputs));
        }

        Netlist.ThrowIfInputsAreWide();
        UInt128[][] results = [.. Netlist.Outputs.Select(_ => new UInt128[inputs.Length == 0 ? 0 : inputs[0].Length])];
        if (results[0].Length == 0)
            return results;
        Slots slots = NewSlots();
        for (int start = 0; start < inputs[0].Length; start += Lanes)
        {
            int count = Math.Min(Lanes, inputs[0].Length - start);
            for (int bus = 0; bus < inputs.Length; bus++)
                Load(inputs[bus].AsSpan(start, count), slots, InputSlots[bus], Netlist.Inputs[bus].Width);
            Run(slots);
            for (int bus = 0; bus < results.Length; bus++)
                Store(slots, OutputSlots[bus], Netlist.Outputs[bus].Width, results[bus].AsSpan(start, count));
        }

        return results;
    }

    /// <summary>Memory for the wires of one thread.</summary>
    internal Slots NewSlots() => new(slotCount);

    /// <summary>Computes the outputs' slots from the inputs' slots.</summary>
    internal void Run(Slots slots)
    {
        for (int part = 0; part < SlotBytes; part += vectorBytes)
        {
            ref byte first = ref Unsafe.Add(ref Unsafe.As<Vector512<uint>, byte>(ref slots[0]), part);
            foreach (Piece piece in pieces)
                piece(ref first);
        }
    }

    /// <summary>Up to 512 numbers to the slices of an input.</summary>
    internal static void Load(ReadOnlySpan<ulong> numbers, Slots slots, int slot, int width)
    {
        for (int bit = 0; bit < width; bit += BitTranspose.Rows)
        {
            Span<Vector512<uint>> rows = slots.From(slot + bit)[..BitTranspose.Rows];
            Span<uint> words = MemoryMarshal.Cast<Vector512<uint>, uint>(rows);
            for (int i = 0; i < words.Length; i++)
                words[i] = i < numbers.Length ? (uint)(numbers[i] >> bit) : 0;
            BitTranspose.ToSlices(rows, BitTranspose.Rows);
        }
    }

    /// <summary>The slices of an output to numbers; the slices are lost.</summary>
    internal static void Store(Slots slots, int slot, int width, Span<UInt128> numbers)
    {
        numbers.Clear();
        // A number is four words, the lowest first.
        Span<uint> all = MemoryMarshal.Cast<UInt128, uint>(numbers);
        for (int bit = 0; bit < width; bit += BitTranspose.Rows)
        {
            Span<Vector512<uint>> rows = slots.From(slot + bit)[..BitTranspose.Rows];
            BitTranspose.ToNumbers(rows, BitTranspose.Rows);
            Span<uint> words = MemoryMarshal.Cast<Vector512<uint>, uint>(rows);
            for (int i = 0; i < numbers.Length; i++)
                all[WordsOfNumber * i + bit / BitTranspose.Rows] = words[i];
        }
    }

    static int Region(int width, ref int next)
    {
        int first = next;
        next += (width + BitTranspose.Rows - 1) / BitTranspose.Rows * BitTranspose.Rows;
        return first;
    }

    /// <summary>A vector of 512 bits for each wire that has a slot, aligned to the vector's size.</summary>
    internal sealed class Slots
    {
        readonly uint[] memory;
        readonly int first;
        readonly int count;

        public unsafe Slots(int count)
        {
            this.count = count;
            memory = GC.AllocateArray<uint>(checked((count + 1) * Vector512<uint>.Count), pinned: true);
            first = (int)(-(nint)Unsafe.AsPointer(ref memory[0]) & (SlotBytes - 1)) / sizeof(uint);
        }

        /// <summary>A slot.</summary>
        public ref Vector512<uint> this[int slot] => ref From(slot)[0];

        /// <summary>The slots from one on.</summary>
        public Span<Vector512<uint>> From(int slot) => MemoryMarshal.Cast<uint, Vector512<uint>>(memory.AsSpan(first))[slot..count];
    }

    /// <summary>Writes the code of pieces for one size of vectors.</summary>
    sealed class Emitter
    {
        readonly Type vector;
        readonly Type operations;
        readonly bool ternary;

        public Emitter(int vectorBytes)
        {
            (operations, vector, ternary) = vectorBytes switch
            {
                64 => (typeof(Vector512), typeof(Vector512<uint>), true),
                32 => (typeof(Vector256), typeof(Vector256<uint>), false),
                _ => (typeof(Vector128), typeof(Vector128<uint>), false),
            };
        }

        /// <summary>How many values are kept in registers; a few registers are left for what is being computed.</summary>
        public int Registers { get; } = Avx512F.IsSupported ? 28 : 12;

        /// <summary>A piece that computes functions and stores those that have slots.</summary>
        /// <param name="functions">The functions, in the order of computing.</param>
        /// <param name="slotOfNet">The slots of nets that lead into the piece or out of it, -1 for others.</param>
        /// <param name="firstSpill">From this slot on there is room for values that no register is left for.</param>
        /// <param name="endSpill">The slot after the last that was used for them.</param>
        public Piece Compute(LogicFunction[] functions, int[] slotOfNet, int firstSpill, out int endSpill)
        {
            var method = new DynamicMethod("Piece", null, [typeof(byte).MakeByRefType()], typeof(BitSlicedSimulator).Module);
            ILGenerator code = method.GetILGenerator();
            var registers = new RegisterFile(this, code, functions, slotOfNet, firstSpill);
            foreach (LogicFunction function in functions)
            {
                int[] operands = [.. LogicOrder.Operands(function)];
                foreach (int net in operands)
                    registers.Fetch(net, operands);
                LocalBuilder[] inputs = [registers[function.A], registers[function.B], registers[function.C]];
                registers.Pass(operands);
                LocalBuilder result = registers.Free([]);
                if (ternary)
                    Ternary(code, function.Table, inputs);
                else
                    Formula(code, function.Table, inputs);
                registers.Keep(function.Net, result);
            }

            code.Emit(OpCodes.Ret);
            endSpill = registers.EndSpill;
            return method.CreateDelegate<Piece>();
        }

        /// <summary>A piece that copies nets to the slots of the outputs.</summary>
        public Piece Copy(IReadOnlyList<int[]> outputs, IReadOnlyList<int> outputSlots, int[] slotOfNet)
        {
            var method = new DynamicMethod("Copy", null, [typeof(byte).MakeByRefType()], typeof(BitSlicedSimulator).Module);
            ILGenerator code = method.GetILGenerator();
            for (int bus = 0; bus < outputs.Count; bus++)
            {
                int room = (outputs[bus].Length + BitTranspose.Rows - 1) / BitTranspose.Rows * BitTranspose.Rows;
                for (int bit = 0; bit < room; bit++)
                {
                    int net = bit < outputs[bus].Length ? outputs[bus][bit] : Netlist.Zero;
                    StoreSlot(code, outputSlots[bus] + bit, () =>
                    {
                        if (net == Netlist.Zero)
                            code.Emit(OpCodes.Call, vector.GetProperty("Zero")!.GetMethod!);
                        else if (net == Netlist.One)
                            code.Emit(OpCodes.Call, vector.GetProperty("AllBitsSet")!.GetMethod!);
                        else
                            LoadSlot(code, slotOfNet[net]);
                    });
                }
            }

            code.Emit(OpCodes.Ret);
            return method.CreateDelegate<Piece>();
        }

        static void Ternary(ILGenerator code, byte table, LocalBuilder[] inputs)
        {
            foreach (LocalBuilder input in inputs)
                code.Emit(OpCodes.Ldloc, input);
            code.Emit(OpCodes.Ldc_I4, (int)table);
            code.Emit(OpCodes.Call, typeof(Avx512F).GetMethod(
                nameof(Avx512F.TernaryLogic), [typeof(Vector512<uint>), typeof(Vector512<uint>), typeof(Vector512<uint>), typeof(byte)])!);
        }

        void Formula(ILGenerator code, byte table, LocalBuilder[] inputs)
        {
            LogicStep step = LogicFormulas.Of(table);
            if (step.Operation is not LogicOperation operation)
            {
                int input = Array.IndexOf(LogicFormulas.Inputs, table);
                if (input >= 0)
                    code.Emit(OpCodes.Ldloc, inputs[input]);
                else
                    code.Emit(OpCodes.Call, vector.GetProperty(table == 0 ? "Zero" : "AllBitsSet")!.GetMethod!);
                return;
            }

            Formula(code, step.Left, inputs);
            Formula(code, step.Right, inputs);
            string name = operation switch
            {
                LogicOperation.And => nameof(Vector128.BitwiseAnd),
                LogicOperation.Or => nameof(Vector128.BitwiseOr),
                LogicOperation.Xor => nameof(Vector128.Xor),
                _ => nameof(Vector128.AndNot),
            };
            code.Emit(OpCodes.Call, operations.GetMethod(name)!.MakeGenericMethod(typeof(uint)));
        }

        void LoadSlot(ILGenerator code, int slot)
        {
            Address(code, slot);
            code.Emit(OpCodes.Ldobj, vector);
        }

        void StoreSlot(ILGenerator code, int slot, Action value)
        {
            Address(code, slot);
            value();
            code.Emit(OpCodes.Stobj, vector);
        }

        static void Address(ILGenerator code, int slot)
        {
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Ldc_I4, slot * SlotBytes);
            code.Emit(OpCodes.Add);
        }

        /// <summary>
        /// Which nets of a piece are in registers, which are local variables. Where no register is free, the net gives up its own
        /// that is needed last. (Left to the compiler, values go to a stack that is not aligned to vectors.)
        /// </summary>
        sealed class RegisterFile
        {
            readonly Emitter emitter;
            readonly ILGenerator code;
            readonly int[] slotOfNet;
            readonly Dictionary<int, Queue<int>> uses = [];
            readonly Dictionary<int, LocalBuilder> held = [];
            readonly Dictionary<int, int> spilled = [];
            readonly Stack<LocalBuilder> free = [];
            readonly Stack<int> freeSlots = [];

            public RegisterFile(Emitter emitter, ILGenerator code, LogicFunction[] functions, int[] slotOfNet, int firstSpill)
            {
                this.emitter = emitter;
                this.code = code;
                this.slotOfNet = slotOfNet;
                EndSpill = firstSpill;
                for (int i = 0; i < emitter.Registers; i++)
                    free.Push(code.DeclareLocal(emitter.vector));
                for (int place = 0; place < functions.Length; place++)
                {
                    foreach (int net in LogicOrder.Operands(functions[place]))
                    {
                        if (!uses.TryGetValue(net, out Queue<int>? places))
                            uses.Add(net, places = new Queue<int>());
                        places.Enqueue(place);
                    }
                }
            }

            public int EndSpill { get; private set; }

            public LocalBuilder this[int net] => held[net];

            /// <summary>Sees to it that a net is in a register.</summary>
            public void Fetch(int net, int[] operands)
            {
                if (held.ContainsKey(net))
                    return;
                LocalBuilder register = Free(operands);
                emitter.LoadSlot(code, spilled.TryGetValue(net, out int slot) ? slot : slotOfNet[net]);
                code.Emit(OpCodes.Stloc, register);
                held.Add(net, register);
            }

            /// <summary>A register for another net; none of the operands gives up its own.</summary>
            public LocalBuilder Free(int[] operands)
            {
                if (free.Count == 0)
                    GiveUp(held.Keys.Except(operands).MaxBy(net => uses[net].Peek()));
                return free.Pop();
            }

            /// <summary>Uses operands; those that are not needed any more give up their registers.</summary>
            public void Pass(int[] operands)
            {
                foreach (int net in operands)
                {
                    uses[net].Dequeue();
                    if (uses[net].Count > 0)
                        continue;
                    free.Push(held[net]);
                    held.Remove(net);
                    if (spilled.Remove(net, out int slot))
                        freeSlots.Push(slot);
                }
            }

            /// <summary>Keeps what has just been computed.</summary>
            public void Keep(int net, LocalBuilder register)
            {
                code.Emit(OpCodes.Stloc, register);
                if (slotOfNet[net] >= 0)
                    emitter.StoreSlot(code, slotOfNet[net], () => code.Emit(OpCodes.Ldloc, register));
                if (uses.ContainsKey(net))
                    held.Add(net, register);
                else
                    free.Push(register);
            }

            void GiveUp(int net)
            {
                held.Remove(net, out LocalBuilder? register);
                free.Push(register!);
                if (slotOfNet[net] >= 0 || spilled.ContainsKey(net))
                    return;
                int slot = freeSlots.Count > 0 ? freeSlots.Pop() : EndSpill++;
                spilled.Add(net, slot);
                emitter.StoreSlot(code, slot, () => code.Emit(OpCodes.Ldloc, register!));
            }
        }
    }
}
