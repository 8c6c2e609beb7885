using Dapprox.Foundation;

namespace Dapprox.Networks.Formats.Onnx;

/// <summary>
/// Counts the nodes of an ONNX file, those of its functions and inner graphs included, before it is parsed: a node of two bytes becomes an
/// object of hundreds.
/// </summary>
/// <param name="stream">The file.</param>
sealed class NodeCount(Stream stream)
{
    /// <summary>The largest number of nodes.</summary>
    const int Most = 1 << 16;

    // As deep as protobuf parses.
    const int Deepest = 100;

    int nodes;

    /// <summary>What a message is: the numbers of the fields below are those of onnx.proto.</summary>
    enum Message
    {
        Other,
        Model,
        Graph,
        Function,
        Node,
        Attribute,
    }

    /// <summary>Checks a file, and goes back to its start. One that is damaged is left to the parser.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="path">Its name.</param>
    /// <exception cref="InputException">There are too many nodes.</exception>
    public static void ThrowIfTooMany(Stream stream, string path)
    {
        var count = new NodeCount(stream);
        try
        {
            count.Walk(Message.Model, stream.Length, depth: 0);
        }
        catch (EndOfStreamException)
        {
        }

        if (count.nodes > Most)
            throw new InputException($"'{path}' has more than {Most:N0} nodes, the most that are read");
        stream.Position = 0;
    }

    void Walk(Message message, long end, int depth)
    {
        while (stream.Position < end && depth < Deepest && nodes <= Most)
        {
            ulong tag = ReadVarint();
            switch ((int)tag & ((1 << WireMessage.KindBits) - 1))
            {
                case WireMessage.Varint:
                    ReadVarint();
                    break;
                case WireMessage.Fixed32:
                    stream.Position += sizeof(uint);
                    break;
                case WireMessage.Fixed64:
                    stream.Position += sizeof(ulong);
                    break;
                case WireMessage.Delimited:
                    long next = (long)Math.Min(ReadVarint(), int.MaxValue) + stream.Position;
                    Message inner = Inner(message, tag >> WireMessage.KindBits);
                    nodes += inner == Message.Node ? 1 : 0;
                    if (inner != Message.Other)
                        Walk(inner, Math.Min(next, end), depth + 1);
                    stream.Position = next;
                    break;
                default:
                    throw new EndOfStreamException();
            }
        }
    }

    static Message Inner(Message outer, ulong field) => (outer, field) switch
    {
        (Message.Model, 7) => Message.Graph,
        (Message.Model, 25) => Message.Function,
        (Message.Graph, 1) or (Message.Function, 7) => Message.Node,
        (Message.Node, 5) => Message.Attribute,
        (Message.Attribute, 6 or 11) => Message.Graph,
        _ => Message.Other,
    };

    ulong ReadVarint()
    {
        ulong number = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            int next = stream.ReadByte();
            if (next < 0)
                break;
            number |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return number;
        }

        throw new EndOfStreamException();
    }
}
