using System.CommandLine;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Foundation;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox completion</c>: the script for shell completion.</summary>
static class CompletionCommand
{
    public static Command Create()
    {
        Argument<Choice<string>> shell = Values.Argument(
            "SHELL", $"{string.Join(", ", Scripts.Select(script => script.Name))}.",
            text => Names.Find("shell", text, Scripts, script => script.Name));
        shell.CompletionSources.Add([.. Scripts.Select(script => script.Name)]);
        var command = new DocumentedCommand(
            "completion", "Print a script that makes the shell complete dapprox's commands, options and values.",
            "bash: eval \"$(dapprox completion bash)\" in ~/.bashrc; zsh: the same with zsh in ~/.zshrc; fish: dapprox completion fish > "
                + "~/.config/fish/completions/dapprox.fish.")
        {
            shell,
        };
        command.SetAction(parse => Console.Out.Write(parse.GetValue(shell).Value));
        return command;
    }

    // The program computes the suggestions: [suggest:N] with the line as typed, N the cursor position.
    static Choice<string>[] Scripts { get; } =
    [
        new("bash", """
            _dapprox() {
              local word="${COMP_WORDS[COMP_CWORD]}" suggestion
              COMPREPLY=()
              while IFS= read -r suggestion; do
                COMPREPLY+=("$suggestion")
              done < <(compgen -W "$(dapprox "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "$word")
            }
            complete -o default -F _dapprox dapprox

            """),
        new("zsh", """
            _dapprox() {
              local -a suggestions=("${(@f)$(dapprox "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
              (( ${#suggestions[@]} )) && compadd -- "${suggestions[@]}" || _files
            }
            compdef _dapprox dapprox

            """),
        new("fish", """
            function __dapprox_complete
              set -l line (commandline -cp)
              dapprox "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
            end
            complete -c dapprox -a "(__dapprox_complete)"

            """),
    ];
}
