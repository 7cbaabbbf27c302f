import ArgumentParser
import SayiirInspection

/// `sayiir-inspect check-proof`, the only subcommand that needs no log.
struct CheckProofCommand: PerformableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-proof",
        abstract: "Check a proof without the log.",
        usage: "sayiir-inspect check-proof <file> --head <size:root> [<options>]",
        discussion: """
            Shows which record the proof is about, if it leads to the tree head that is given: one that you trust, written down from \
            'status' or 'verify'. Ends with 3 if it leads elsewhere, and with 1 if the file is no proof.

            Example:
              sayiir-inspect check-proof record-48.proof --head 1000:4f6a...
            """)

    @Argument(help: ArgumentHelp("The file that 'prove' wrote.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("The tree head that is trusted.", valueName: "size:root"))
    var head: String

    @OptionGroup var display: DisplayOptions

    func perform() -> ExitStatus { ProofCheck(file: file, head: head).perform(display.console()) }
}
