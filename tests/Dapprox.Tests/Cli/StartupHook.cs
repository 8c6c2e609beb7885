/// <summary>Breaks the program from within: the runtime calls it before the program where DOTNET_STARTUP_HOOKS names this assembly.</summary>
static class StartupHook
{
    /// <summary>Must be set, too: the hook is inherited by every program that is started.</summary>
    public const string Variable = "DAPPROX_TESTS_INJECT";

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
            return;
        new Thread(() =>
        {
            // When the program is at work.
            Thread.Sleep(TimeSpan.FromSeconds(3));
            throw new InvalidOperationException("injected");
        }).Start();
    }
}
