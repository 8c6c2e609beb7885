using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Dapprox.Foundation;

namespace Dapprox.Networks.Formats;

/// <summary>
/// Reads the data in a pickle without executing anything: a name stays a name. It supports the instructions of Python's protocols 0
/// to 5 that data need (docs.python.org/3/library/pickletools.html).
/// </summary>
sealed class Pickle
{
    /// <summary>How a model becomes a file that is read.</summary>
    public const string HowToSave = "save torch.save(model.state_dict(), 'weights.pt') for a known architecture, or "
        + "torch.onnx.export(model, images, 'model.onnx') for any other";

    // Limits nesting and repetition in a hostile file, above the needs of a state dict.
    const int MaxInstructions = 1 << 20;

    readonly byte[] bytes;
    readonly Action<object?[]>? referred;
    readonly List<object?> stack = [];
    readonly Stack<int> marks = new();
    readonly Dictionary<int, object?> memo = [];
    int position, instructions;

    Pickle(byte[] bytes, int position, Action<object?[]>? referred) =>
        (this.bytes, this.position, this.referred) = (bytes, position, referred);

    /// <summary>A name that Python would resolve: <c>collections.OrderedDict</c>.</summary>
    public sealed record Name(string Module, string Member)
    {
        public override string ToString() => $"{Module}.{Member}";
    }

    /// <summary>A call that Python would make.</summary>
    public sealed record Call(Name Function, object?[] Arguments)
    {
        public override string ToString() => $"{Function}()";
    }

    /// <summary>A reference to something outside the pickle.</summary>
    public sealed record Reference(object? Id)
    {
        // Not the target, which can be a million nested references.
        public override string ToString() => "a reference";
    }

    /// <summary>A dictionary, in order.</summary>
    public sealed class Entries : List<KeyValuePair<object?, object?>>;

    /// <summary>Reads the object in a pickle.</summary>
    /// <param name="bytes">The pickle.</param>
    /// <exception cref="InputException">The content is not a pickle or has an instruction that data do not need.</exception>
    public static object? Read(byte[] bytes)
    {
        int position = 0;
        return Read(bytes, ref position);
    }

    /// <summary>Reads the object in one of several pickles that stand behind each other.</summary>
    /// <param name="bytes">The pickles.</param>
    /// <param name="position">Where the pickle begins; afterwards, where it ends.</param>
    /// <param name="referred">Takes the tuple of each reference to something outside; null for nothing.</param>
    /// <exception cref="InputException">The content is not a pickle or has an instruction that data do not need.</exception>
    public static object? Read(byte[] bytes, ref int position, Action<object?[]>? referred = null)
    {
        try
        {
            var pickle = new Pickle(bytes, position, referred);
            object? read = pickle.Run();
            position = pickle.position;
            return read;
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or InvalidOperationException or KeyNotFoundException)
        {
            throw new InputException("the pickle is damaged", e);
        }
    }

    object? Run()
    {
        while (true)
        {
            if (++instructions > MaxInstructions)
                throw new InputException($"the pickle has more than {MaxInstructions} instructions, the most that are read");
            byte instruction = Bytes(1)[0];
            switch ((char)instruction)
            {
                case '\x80':
                    Bytes(1);
                    break;
                case '\x95':
                    Bytes(8);
                    break;
                case '.':
                    return Pop();
                case '(':
                    marks.Push(stack.Count);
                    break;
                case '0':
                    Pop();
                    break;
                case '}':
                    stack.Add(new Entries());
                    break;
                case ']':
                    stack.Add(new List<object?>());
                    break;
                case ')':
                    stack.Add(Array.Empty<object?>());
                    break;
                case 'd':
                    stack.Add(Pairs(new Entries(), FromMark()));
                    break;
                case 'l':
                    stack.Add(FromMark().ToList());
                    break;
                case 't':
                    stack.Add(FromMark());
                    break;
                case '\x85' or '\x86' or '\x87':
                    stack.Add(Last(instruction - 0x84));
                    break;
                case 's':
                    object?[] pair = Last(2);
                    Pairs(As<Entries>(stack[^1]), pair);
                    break;
                case 'u':
                    object?[] pairs = FromMark();
                    Pairs(As<Entries>(stack[^1]), pairs);
                    break;
                case 'a':
                    object? item = Pop();
                    As<List<object?>>(stack[^1]).Add(item);
                    break;
                case 'e':
                    object?[] items = FromMark();
                    As<List<object?>>(stack[^1]).AddRange(items);
                    break;
                case 'N':
                    stack.Add(null);
                    break;
                case '\x88' or '\x89':
                    stack.Add(instruction == 0x88);
                    break;
                case 'K':
                    stack.Add((long)Bytes(1)[0]);
                    break;
                case 'M':
                    stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2)));
                    break;
                case 'J':
                    stack.Add((long)BinaryPrimitives.ReadInt32LittleEndian(Bytes(4)));
                    break;
                case '\x8a':
                    var number = new BigInteger(Bytes(Bytes(1)[0]));
                    stack.Add(
                        number >= long.MinValue && number <= long.MaxValue ? (long)number : throw new InputException(
                            "the pickle has a number of more than 64 bits"));
                    break;
                case 'G':
                    stack.Add(BinaryPrimitives.ReadDoubleBigEndian(Bytes(8)));
                    break;
                case 'X':
                    stack.Add(Encoding.UTF8.GetString(Bytes(BinaryPrimitives.ReadInt32LittleEndian(Bytes(4)))));
                    break;
                case '\x8c':
                    stack.Add(Encoding.UTF8.GetString(Bytes(Bytes(1)[0])));
                    break;
                case 'c':
                    stack.Add(new Name(Line(), Line()));
                    break;
                case '\x93':
                    object?[] name = Last(2);
                    stack.Add(new Name(As<string>(name[0]), As<string>(name[1])));
                    break;
                case 'R':
                    object?[] call = Last(2);
                    stack.Add(Called(As<Name>(call[0]), As<object?[]>(call[1])));
                    break;
                case 'b':
                    // The state of an ordered dictionary holds module versions, which are not needed here.
                    Pop();
                    if (stack[^1] is not Entries)
                        throw WholeModel();
                    break;
                case 'Q':
                    var reference = new Reference(Pop());
                    if (reference.Id is object?[] id)
                        referred?.Invoke(id);
                    stack.Add(reference);
                    break;
                case 'q':
                    memo[Bytes(1)[0]] = stack[^1];
                    break;
                case 'r':
                    memo[BinaryPrimitives.ReadInt32LittleEndian(Bytes(4))] = stack[^1];
                    break;
                case '\x94':
                    memo[memo.Count] = stack[^1];
                    break;
                case 'h':
                    stack.Add(memo[Bytes(1)[0]]);
                    break;
                case 'j':
                    stack.Add(memo[BinaryPrimitives.ReadInt32LittleEndian(Bytes(4))]);
                    break;
                case '\x81' or 'i' or 'o':
                    throw WholeModel();
                default:
                    throw new InputException(
                        $"the pickle has the instruction 0x{instruction:x2} at byte {position - 1}, which data do not need");
            }
        }
    }

    static InputException WholeModel() => new(
        $"it holds objects of a program, such as a whole model; {HowToSave}");

    static object Called(Name function, object?[] arguments) =>
        function == new Name("collections", "OrderedDict") && arguments.Length == 0 ? new Entries() : new Call(function, arguments);

    static Entries Pairs(Entries entries, object?[] items)
    {
        for (int i = 0; i + 1 < items.Length; i += 2)
            entries.Add(new(items[i], items[i + 1]));
        return entries;
    }

    /// <summary>An item of the expected type.</summary>
    static T As<T>(object? item)
        where T : class => item as T ?? throw new InputException("the pickle is damaged");

    object? Pop()
    {
        object? top = stack[^1];
        stack.RemoveAt(stack.Count - 1);
        return top;
    }

    object?[] Last(int count)
    {
        object?[] items = [.. stack.GetRange(stack.Count - count, count)];
        stack.RemoveRange(stack.Count - count, count);
        return items;
    }

    object?[] FromMark() => Last(stack.Count - marks.Pop());

    ReadOnlySpan<byte> Bytes(int count)
    {
        ReadOnlySpan<byte> result = bytes.AsSpan(position, count);
        position += count;
        return result;
    }

    string Line()
    {
        int length = bytes.AsSpan(position).IndexOf((byte)'\n');
        string line = Encoding.UTF8.GetString(Bytes(length));
        position++;
        return line;
    }
}
