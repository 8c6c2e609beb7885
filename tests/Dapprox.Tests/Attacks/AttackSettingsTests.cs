using System.Reflection;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Xunit;

namespace Dapprox.Tests.Attacks;

// The printed record is the complete description of a run.
public class AttackSettingsTests
{
    static readonly float[] Black = new float[4], White = [1, 1, 1, 1];

    public static TheoryData<Type> Attacks =>
        [.. typeof(IAttack<>).Assembly.GetTypes()
            .Where(
                type => type.IsClass && type.GetInterfaces().Any(
                    one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IAttack<>)))];

    // A record prints its public properties; what a field behind none of them holds would not show.
    [Theory]
    [MemberData(nameof(Attacks))]
    public void EverySetting_IsAPublicProperty(Type attack)
    {
        FieldInfo[] fields = attack.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);

        Assert.All(fields, field => Assert.NotNull(attack.GetProperty(field.Name.Split('<', '>').ElementAtOrDefault(1) ?? field.Name)));
    }

    [Fact]
    public void ToString_OfFoolboxsAlgorithms_TellsThemFromThePapers()
    {
        Assert.NotEqual($"{new DeepFool { Steps = 100, Overshoot = 0.05 }}", $"{DeepFool.Foolbox24}");
        Assert.NotEqual($"{new Fgsm { NearestInL2 = true }}", $"{Fgsm.Foolbox24}");
    }

    [Fact]
    public void ToString_OfStarts_SaysHowManyAndTellsOthersApart()
    {
        string none = $"{new BoundaryAttack()}", one = $"{new BoundaryAttack { Starts = [Black] }}",
            other = $"{new BoundaryAttack { Starts = [White] }}", two = $"{new HopSkipJump { Starts = [Black, White] }}";

        Assert.Contains("Starts = none,", none, StringComparison.Ordinal);
        Assert.Matches(@"Starts = 1 \([0-9a-f]{16}\),", one);
        Assert.NotEqual(one, other);
        Assert.Matches(@"Starts = 2 \([0-9a-f]{16}\),", two);
    }

    [Fact]
    public void Equals_OfAttacksWithEqualSettings_IsTrue()
    {
        Assert.Equal(new BoundaryAttack(), new BoundaryAttack());
        Assert.Equal(new HopSkipJump { Starts = [Black] }, new HopSkipJump { Starts = [new float[4]] });
        Assert.NotEqual(new HopSkipJump { Starts = [Black] }, new HopSkipJump { Starts = [White] });
    }
}
