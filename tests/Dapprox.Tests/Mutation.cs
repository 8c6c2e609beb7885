namespace Dapprox.Tests;

/// <summary>Damages files.</summary>
static class Mutation
{
    /// <summary>The file with a few bytes changed, parts dropped, doubled or moved, pieces put in, or its end cut off.</summary>
    /// <param name="whole">The file.</param>
    /// <param name="random">Says what is done.</param>
    /// <param name="pieces">What means something to its reader.</param>
    public static byte[] Of(byte[] whole, Random random, IReadOnlyList<byte[]> pieces)
    {
        List<byte> mutant = [.. whole];
        for (int changes = random.Next(1, 6); changes > 0; changes--)
        {
            // The first bytes say most about a file.
            int reach = random.Next(2) == 0 ? Math.Min(mutant.Count, 200) : mutant.Count;
            int at = random.Next(reach + 1), length = Math.Min(random.Next(1, 40), mutant.Count - at);
            byte[] part = [.. mutant.GetRange(at, length)];
            switch (random.Next(7))
            {
                case 0:
                    mutant.RemoveRange(at, length);
                    break;
                case 1:
                    mutant.InsertRange(random.Next(2) == 0 ? at : random.Next(mutant.Count + 1), part);
                    break;
                case 2 or 3 when length > 0:
                    mutant[at] = (byte)random.Next(256);
                    break;
                case 4 when length > 0:
                    mutant[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 5 when random.Next(4) == 0:
                    mutant.RemoveRange(at, mutant.Count - at);
                    break;
                default:
                    mutant.InsertRange(at, pieces[random.Next(pieces.Count)]);
                    break;
            }
        }

        return [.. mutant];
    }
}
