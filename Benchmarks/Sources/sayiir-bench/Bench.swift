import ArgumentParser

/// Measures the engine and the floors under it in one run, because only ratios taken together mean something.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sayiir-bench", abstract: "Measures this machine's disk, and Sayiir on it, in one run.",
        subcommands: [Run.self, MakePage.self, ParkedLog.self], defaultSubcommand: Run.self)
}
