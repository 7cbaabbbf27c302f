import SayiirEvents
import SayiirLog
import SayiirTesting

@testable import SayiirInspection

/// What a command said, and how it ended.
struct Run {
    var output = ""
    var complaints: [String] = []
    var status: ExitStatus

    /// Runs a command on a log in memory.
    init(
        _ inspection: some Inspection, on disk: InMemoryFileSystem, archives: [String] = [], catalogue: String? = nil,
        style: Style = Style(width: 100), isTerminal: Bool = false
    ) {
        self.init(
            inspection, on: LogSource(directory: "log", archives: archives, catalogue: catalogue, fileSystem: disk),
            style: style, isTerminal: isTerminal)
    }

    /// Runs a command on whatever it is.
    init(
        _ inspection: some Inspection, on source: LogSource, style: Style = Style(width: 100), isTerminal: Bool = false
    ) {
        var output: [UInt8] = []
        var complaints: [String] = []
        let console = Console(output: Output { output += $0 }, style: style, isTerminal: isTerminal) {
            complaints.append($0)
        }
        status = inspection.perform(on: source, console)
        self.output = String(decoding: output, as: UTF8.self)
        self.complaints = complaints
    }

    var lines: [String] { output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) }
}

/// The sample as a log in memory.
func sampleDisk() async throws -> InMemoryFileSystem {
    let disk = InMemoryFileSystem()
    try await writeLog(History.sample.events, to: "log", on: disk)
    return disk
}

extension Run {
    /// Runs a command on the sample.
    init(onSample inspection: some Inspection, style: Style = Style(width: 100)) async throws {
        self.init(inspection, on: try await sampleDisk(), style: style)
    }
}
