using System.Diagnostics;
using DefensiveApproximation.Arithmetic;
using DefensiveApproximation.Networks;
using DefensiveApproximation.Networks.Attacks;
using DefensiveApproximation.Networks.Data;
using DefensiveApproximation.Tests.Models;
using Xunit;

namespace DefensiveApproximation.Tests.Attacks;

public class DecisionStrengthTests
{
    [Fact(Explicit = true)]
    public void Measure()
    {
        int count = int.Parse(Environment.GetEnvironmentVariable("N") ?? "10");
        string what = Environment.GetEnvironmentVariable("WHAT") ?? "hsj";
        Network exact = AuthorsLeNet5.Load().With(ExactMultiplier.Rounded, LayerSelection.All);
        Network approximate = exact.With(AxFpm.Released, LayerSelection.All);
        Dataset mnist = AuthorsLeNet5.Mnist();
        Tensor images = mnist.Images(0, count + count / 2);
        int[] a = Scores.Labels(exact.Forward(images)), b = Scores.Labels(approximate.Forward(images));
        int[] places = Enumerable.Range(0, images.Batch).Where(i => a[i] == mnist.Labels[i] && b[i] == mnist.Labels[i]).Take(count).ToArray();
        byte[] labels = places.Select(place => mnist.Labels[place]).ToArray();
        var victim = new NetworkVictim(exact);
        foreach (string one in what.Split(','))
        {
            long start = Stopwatch.GetTimestamp();
            AttackRecord[] records = one switch
            {
                "hsj" => R(new HopSkipJump()),
                "hsjr" => R(HopSkipJump.Released),
                "hsjinf" => R(new HopSkipJump { BallNorm = Norm.LInf }),
                "ba" => R(new BoundaryAttack()),
                "bar" => R(BoundaryAttack.Released),
                "lsa" => R(new LocalSearch()),
                "lsar" => R(LocalSearch.Released),
                "lsalow" => R(LocalSearch.Released with { Order = PixelOrder.Lowest }),
                "lsap1" => R(LocalSearch.Released with { Perturbation = 1 }),
                "sq1" => R(new Square(0.1)),
                "sq2" => R(new Square(1.5) { BallNorm = Norm.L2 }),
                "noise" => R(new RandomNoise(0.3)),
                "ba5" => R(new BoundaryAttack { Steps = 5000 }),
                _ => throw new ArgumentException(one),
            };
            AttackRecord[] ok = records.Where(r => r.Success).ToArray();
            TestContext.Current.TestOutputHelper!.WriteLine($"{one}: {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s, success {ok.Length}, L2 {ok.Average(r => r.Distances.L2):F3} Linf {ok.Average(r => r.Distances.LInf):F3} L0 {ok.Average(r => r.Distances.L0):F1} queries {records.Average(r => r.Queries):F0}");

            AttackRecord[] R<T>(IAttack<T> attack) where T : ILabelVictim => AttackRunner.Run(attack, (T)(object)victim, mnist.Images(places), labels, 1, positions: places);
        }
    }
}
