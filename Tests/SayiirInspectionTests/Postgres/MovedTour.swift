import Foundation
import PostgresCluster
import SayiirLog
import SayiirPostgres
import TestPrograms
import SayiirTesting

@testable import SayiirInspection

/// The ``TourLog``, moved into PostgreSQL.
struct MovedTour {
    /// Where it is now.
    let address: StoreAddress
    /// The log in memory, as it was.
    let disk: InMemoryFileSystem

    private static let standard = Task { try await MovedTour() }

    /// Moved once, and not to be changed.
    static func make() async throws -> MovedTour { try await standard.value }

    private init() async throws {
        disk = try await TourLog.disk()
        let directory = try await Self.writeDirectory()
        address = try await StoreAddress(url: PostgresCluster.shared.url, schema: Self.schema())
        var options = PostgresOptions()
        options.schema = address.schema
        _ = try await StoreMove.toPostgres(from: "\(directory.path)/log", to: address.url, options: options)
    }

    /// A name that no other test has.
    static func schema() -> String { "i_" + UUID().uuidString.lowercased().replacing("-", with: "") }

    /// A real directory with the tour in its `log`.
    static func writeDirectory() async throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: "\(directory.path)/log", withIntermediateDirectories: true)
        let disk = try await TourLog.disk()
        for name in try disk.entries(ofDirectory: "log") {
            let file = try disk.open("log/\(name)", as: .read)
            let bytes = try file.readBytes(Int(file.size()), at: 0)
            try Data(bytes).write(to: URL(fileURLWithPath: "\(directory.path)/log/\(name)"))
        }
        return directory
    }

    /// What a command says of the log, and of the store.
    func both(_ inspection: some Inspection, _ style: Style) -> (log: Run, store: Run) {
        (Run(inspection, on: disk, style: style), Run(inspection, on: LogSource(address), style: style))
    }
}
