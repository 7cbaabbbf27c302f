import ArgumentParser

/// `sayiir-inspect completions`.
struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Print a script that lets a shell complete commands and options.",
        discussion: """
            SHELL is bash, zsh or fish. docs/INSPECT.md tells where the script goes.

            Example:
              sayiir-inspect completions bash > sayiir-inspect.bash
            """)

    @Argument(
        help: ArgumentHelp("The shell: bash, zsh or fish.", valueName: "shell"),
        completion: .list(CompletionShell.allCases.map(\.rawValue)),
        transform: { text in
            guard let shell = CompletionShell(rawValue: text) else {
                let names = CompletionShell.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("there is no script for '\(text)'. The shells are \(names).")
            }
            return shell
        })
    var shell: CompletionShell

    func run() { print(InspectCommand.completionScript(for: shell)) }
}
