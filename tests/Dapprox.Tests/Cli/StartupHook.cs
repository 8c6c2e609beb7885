/// <summary>
/// Looks into the program from within: the runtime calls it before the program where DOTNET_STARTUP_HOOKS names this assembly.
/// </summary>
static class StartupHook
{
    /// <summary>
    /// Must be set, too: the hook is inherited by every program that is started. <see cref="Fault"/>, or a file for the names of the
    /// assemblies that the program has loaded when it ends.
    /// </summary>
    public const string Variable = "DAPPROX_TESTS_INJECT";

    /// <summary>Breaks the program.</summary>
    public const string Fault = "fault";

    public static void Initialize()
    {
        switch (Environment.GetEnvironmentVariable(Variable))
        {
            case null:
                return;
            case Fault:
                new Thread(() =>
                {
                    // When the program is at work.
                    Thread.Sleep(TimeSpan.FromSeconds(3));
                    throw new InvalidOperationException("injected");
                }).Start();
                return;
            case string file:
                AppDomain.CurrentDomain.ProcessExit += (_, _) =>
                    File.WriteAllLines(file, AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetName().Name!));
                return;
        }
    }
}
