using Dapprox.Circuits;
using Dapprox.Foundation;
using Dapprox.Hardware;
using Xunit;

namespace Dapprox.Tests.Hardware;

public sealed class SwitchingActivityTests
{
    [Theory]
    [InlineData("array:4:ama1", 3, 7)]
    [InlineData("booth:4", 700, 3)]
    [InlineData("dadda:5", 512, 2)]
    public void Changes_OfSettledNets_AreThoseOfTheDefinition(string description, int streams, int length)
    {
        Netlist netlist = CircuitDescription.Build(description);
        ulong[][] operands = Operands(netlist, streams * length);
        Netlist probed = WithAllNetsAsOutputs(netlist);

        var activity = new SwitchingActivity(netlist);
        activity.Add(operands, length);

        long[][] changes = NoChanges(netlist), settled = [.. netlist.Elements.Select(element => new long[1 << element.Inputs.Count])];
        for (int stream = 0; stream < streams; stream++)
        {
            for (int step = 1; step < length; step++)
            {
                int place = stream * length + step;
                bool[] before = Nets(place - 1), now = Nets(place);
                Count(netlist, before, now, changes);
                for (int i = 0; i < settled.Length; i++)
                    settled[i][Index(netlist.Elements[i], now)]++;
            }
        }

        AssertEqual(netlist, changes, activity);
        for (int i = 0; i < settled.Length; i++)
            Assert.Equal(settled[i], activity.Settled(i));
        Assert.Equal(streams * (length - 1), activity.Transitions);

        bool[] Nets(int place) => [.. probed.Evaluate([.. operands.Select(numbers => numbers[place])]).Select(bit => bit != 0)];
    }

    [Theory]
    [InlineData("array:4", 5, 4)]
    [InlineData("blocks:4:ama2:block=2", 600, 2)]
    public void Changes_WithHazards_AreThoseOfUnitDelays(string description, int streams, int length)
    {
        Netlist netlist = CircuitDescription.Build(description);
        ulong[][] operands = Operands(netlist, streams * length);

        var activity = new SwitchingActivity(netlist, hazards: true);
        activity.Add(operands, length);

        long[][] changes = NoChanges(netlist);
        for (int stream = 0; stream < streams; stream++)
        {
            bool[] nets = new bool[netlist.NetCount];
            nets[Netlist.One] = true;
            // Settled, though not yet to anything: cells can make ones of zeros.
            foreach (Element element in netlist.Elements)
                Drive(element, nets, nets);
            for (int step = 0; step < length; step++)
            {
                long[][] counted = step == 0 ? NoChanges(netlist) : changes;
                bool[] next = [.. nets];
                for (int bus = 0; bus < operands.Length; bus++)
                {
                    foreach ((int net, int bit) in netlist.Inputs[bus].Nets.Select((net, bit) => (net, bit)))
                        next[net] = (operands[bus][stream * length + step] >> bit & 1) != 0;
                }

                while (!nets.SequenceEqual(next))
                {
                    Count(netlist, nets, next, counted);
                    nets = next;
                    next = [.. nets];
                    foreach (Element element in netlist.Elements)
                        Drive(element, nets, next);
                }
            }
        }

        AssertEqual(netlist, changes, activity);
    }

    [Fact]
    public void Hazards_OfAPulse_AreCountedOnlyWhenAskedFor()
    {
        // A · A′ is always 0, but for a moment after A rises it is not.
        var builder = new NetlistBuilder("pulse");
        int a = builder.Input("a", 1)[0];
        int pulse = builder.Gate(Cells.And, a, builder.Gate(Cells.Not, a));
        builder.Output("y", [builder.Gate(Cells.Buffer, pulse)]);
        Netlist netlist = builder.Build();

        var settled = new SwitchingActivity(netlist);
        settled.Add([[0, 1]], 2);
        var hazards = new SwitchingActivity(netlist, hazards: true);
        hazards.Add([[0, 1]], 2);

        Assert.Equal([0, 0, 0, 0], settled.Changes(2));
        Assert.Equal([0, 1, 1, 0], hazards.Changes(2));
        // From A = 0, A′ = 1 by way of both 1.
        Assert.Equal(1, settled.Changes(1)[0b01 * 4 + 0b10]);
        Assert.Equal(1, hazards.Changes(1)[0b01 * 4 + 0b11]);
        Assert.Equal(1, hazards.Changes(1)[0b11 * 4 + 0b10]);
    }

    [Fact]
    public void Add_PartsOfStreams_IsRefused()
    {
        var activity = new SwitchingActivity(CircuitDescription.Build("array:2"));

        Assert.Throws<ArgumentException>(() => activity.Add([[1, 2, 3], [1, 2, 3]], 2));
        Assert.Throws<ArgumentException>(() => activity.Add([[1, 2]], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => activity.Add([[1], [1]], 1));
    }

    static ulong[][] Operands(Netlist netlist, int count)
    {
        var random = new CounterRandom(7);
        ulong[][] operands = [.. netlist.Inputs.Select(_ => new ulong[count])];
        for (int i = 0; i < count; i++)
        {
            foreach (ulong[] numbers in operands)
                numbers[i] = random.NextUInt64();
        }

        return operands;
    }

    static Netlist WithAllNetsAsOutputs(Netlist netlist)
    {
        var builder = new NetlistBuilder("probed");
        foreach (Bus bus in netlist.Inputs)
            builder.Input(bus.Name, bus.Width);
        foreach (Element element in netlist.Elements)
            builder.Add(element.Cell, [.. element.Inputs]);
        for (int net = 0; net < netlist.NetCount; net++)
            builder.Output($"n{net}", [net]);
        return builder.Build();
    }

    static long[][] NoChanges(Netlist netlist) => [.. netlist.Elements.Select(element => new long[1 << (2 * element.Inputs.Count)])];

    static void Count(Netlist netlist, bool[] before, bool[] now, long[][] changes)
    {
        for (int i = 0; i < changes.Length; i++)
        {
            Element element = netlist.Elements[i];
            int from = Index(element, before), to = Index(element, now);
            if (from != to)
                changes[i][(from << element.Inputs.Count) + to]++;
        }
    }

    static void Drive(Element element, bool[] from, bool[] to)
    {
        int index = Index(element, from);
        for (int output = 0; output < element.Cell.Outputs.Count; output++)
            to[element.FirstOutput + output] = element.Cell.Evaluate(output, index);
    }

    static int Index(Element element, bool[] nets) => element.Inputs.Aggregate(0, (index, net) => 2 * index + (nets[net] ? 1 : 0));

    static void AssertEqual(Netlist netlist, long[][] changes, SwitchingActivity activity)
    {
        Assert.Contains(changes, count => count.Sum() > 0);
        for (int i = 0; i < netlist.Elements.Count; i++)
            Assert.Equal(changes[i], activity.Changes(i));
    }
}
