using Xunit;

namespace Dapprox.Tests.Documents;

public class CommandReferenceTests
{
    /// <summary>With DAPPROX_WRITE_DOCUMENTS=1 the page is written instead.</summary>
    [FactOf(Tier.Ci)]
    public async Task ThePageOfCommands_IsWhatTheHelpSays()
    {
        string path = Repository.Path("docs/commands.md"), page = await CommandReference.MakeAsync();

        if (Environment.GetEnvironmentVariable("DAPPROX_WRITE_DOCUMENTS") == "1")
            File.WriteAllText(path, page);
        else
            Assert.Equal(page, File.ReadAllText(path));
    }
}
