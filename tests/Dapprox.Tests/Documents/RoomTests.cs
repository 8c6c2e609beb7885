using Xunit;

namespace Dapprox.Tests.Documents;

public class RoomTests
{
    const string Document = "docs/design.md";

    /// <summary>The rooms in the order of docs/design.md, ground floor first.</summary>
    static string[] Order => [.. Picture.Code.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', 2)[0])];

    static Page.Block Picture => Page.Read(Document).Blocks.Single(block => block.Language == "rooms");

    [Fact]
    public void EveryRoom_UsesOnlyRoomsBelowIt()
    {
        IReadOnlyDictionary<string, IReadOnlySet<string>> rooms = Rooms.Read();
        string[] order = Order;

        Assert.Equal(rooms.Keys.Order(StringComparer.Ordinal), order.Order(StringComparer.Ordinal));
        Assert.Empty(
            from room in order.Index()
            from used in rooms[room.Item]
            where Array.IndexOf(order, used) >= room.Index
            select $"{room.Item} uses {used}, which stands above it");
    }

    /// <summary>With DAPPROX_WRITE_DOCUMENTS=1 the arrows are written instead.</summary>
    [Fact]
    public void ThePicture_ShowsTheArrowsOfTheAssemblies()
    {
        IReadOnlyDictionary<string, IReadOnlySet<string>> rooms = Rooms.Read();
        string[] order = Order;
        int width = order.Max(room => room.Length);

        string picture = string.Concat(
            order.Select(room => $"{room.PadRight(width)}  {string.Join(", ", order.Where(IsArrow(room)))}".TrimEnd() + "\n"));

        TestContext.Current.TestOutputHelper?.WriteLine(picture);
        if (Environment.GetEnvironmentVariable("DAPPROX_WRITE_DOCUMENTS") == "1")
        {
            string path = Repository.Path(Document), text = File.ReadAllText(path);
            Page.Block shown = Picture;
            File.WriteAllText(path, text[..shown.Start] + picture + text[(shown.Start + shown.Code.Length)..]);
        }
        else
        {
            Assert.Equal(picture, Picture.Code);
        }

        // An arrow that follows from others is not drawn.
        Func<string, bool> IsArrow(string room) =>
            used => rooms[room].Contains(used) && !rooms[room].Any(between => between != used && Reaches(between, used));

        bool Reaches(string from, string to) => rooms[from].Contains(to) || rooms[from].Any(between => Reaches(between, to));
    }
}
