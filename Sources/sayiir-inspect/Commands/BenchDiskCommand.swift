import ArgumentParser
import SayiirInspection

/// `sayiir-inspect bench-disk`.
struct BenchDiskCommand: InspectionCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-disk",
        abstract: "Measure what a commit costs on a disk.",
        usage: "sayiir-inspect bench-disk <dir> [<options>]",
        discussion: """
            DIR is any directory on that disk except a log's own. A file of 64 MiB is written there and removed again: 4 KiB at a \
            time are written into it and synced, as a log does it. Other work on the disk makes it slower.

            Example:
              sayiir-inspect bench-disk /var/lib/jobs
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("For how many seconds commits are measured.", valueName: "count"))
    var seconds = 2

    func validate() throws {
        if !(1...3600).contains(seconds) { throw ValidationError("--seconds must be from 1 to 3600.") }
    }

    func inspection() -> any Inspection {
        var benchmark = DiskBenchmark()
        benchmark.duration = .seconds(seconds)
        return benchmark
    }
}
