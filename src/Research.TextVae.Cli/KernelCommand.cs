using System.CommandLine;
using System.Runtime.InteropServices;
using Research.TextVae.Notebooks.Jupyter;
using Research.TextVae.Support;

namespace Research.TextVae.Cli;

/// <summary><c>textvae kernel install|run</c>: C# for Jupyter, JupyterLab and VS Code.</summary>
internal static partial class KernelCommand
{
    private const int Interrupt = 2; // SIGINT
    private const nint DefaultAction = 0; // SIG_DFL

    /// <summary>
    /// A server that a script has started in the background ignores interrupts, and so would its kernels. To be called before anything
    /// uses the console: the runtime looks once, and leaves alone what is ignored.
    /// </summary>
    public static void HearInterrupts()
    {
        if (!OperatingSystem.IsWindows())
            _ = signal(Interrupt, DefaultAction);
    }

    public static Command Create()
    {
        var user = new Option<bool>("--user") { Description = "Install for this user, which is the default." };
        var prefix = new Option<string?>("--prefix")
        {
            Description = "Install for all users of this folder: /usr/local, or a Python environment.",
            HelpName = "folder",
        };
        var name = new Option<string>("--name")
        {
            Description = "Name of the kernel in notebooks. The default is that of .NET Interactive's C# kernel.",
            HelpName = "name",
            DefaultValueFactory = _ => KernelSpec.DefaultName,
        };
        var install = new Command("install", "Make this program known to Jupyter as a C# kernel.") { user, prefix, name };
        install.SetAction(result => Install(result.GetValue(user), result.GetValue(prefix), result.GetValue(name)!));

        var file = new Argument<string>("connection-file") { Description = "The connection file that the front end writes." };
        var run = new Command("run", "Serve a Jupyter front end, which starts this command itself.") { file };
        run.SetAction(result =>
        {
            JupyterKernel.Run(result.GetValue(file)!, CommandLine.Version);
            return ExitCode.Success;
        });
        return new Command("kernel", "The C# kernel for Jupyter.") { install, run };
    }

    private static int Install(bool user, string? prefix, string name)
    {
        if (user && prefix is not null)
            throw new UserException("a kernel is installed either for the user or under a prefix; leave out --user or --prefix.");
        var written = KernelSpec.Install(prefix is null ? KernelSpec.UserFolder : KernelSpec.FolderUnder(prefix), name,
            OwnProgram.CommandLine("kernel", "run"));
        Output.Line($"installed {written}");
        return ExitCode.Success;
    }

    [LibraryImport("libc")]
    private static partial nint signal(int number, nint action);
}
