import ArgumentParser
import SayiirInspection

/// `sayiir-inspect bench-disk`.
struct BenchDiskCommand: PerformableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-disk",
        abstract: "Measure what a commit costs on a disk.",
        usage: "sayiir-inspect bench-disk <dir> [<options>]",
        discussion: """
            A file of 64 MiB is written into DIR and removed again: 4 KiB at a time are written into it and synced, as a log \
            does it. Other work on the disk makes it slower.

            Example:
              sayiir-inspect bench-disk /var/lib/jobs
            """)

    @Argument(
        help: ArgumentHelp("Any directory on that disk that may be written to, except a log's own.", valueName: "dir"),
        completion: .directory)
    var directory: String

    @OptionGroup var display: DisplayOptions

    @Option(help: ArgumentHelp("For how many seconds commits are measured.", valueName: "count"))
    var seconds = 2

    func validate() throws {
        if !(1...3600).contains(seconds) { throw ValidationError("--seconds must be from 1 to 3600.") }
    }

    func perform() -> ExitStatus {
        var benchmark = DiskBenchmark()
        benchmark.duration = .seconds(seconds)
        return benchmark.perform(on: LogSource(directory: directory), display.console())
    }
}
