internal import SayiirLog

/// Something to find out about a log.
package protocol Inspection {
    /// Whether it can read a bundle in place of a log.
    var readsBundles: Bool { get }

    /// Whether it can read a store in PostgreSQL in place of a log.
    var readsStores: Bool { get }

    /// Reads the log and shows the answer.
    ///
    /// - Returns: How the program ends.
    /// - Throws: Whatever keeps it from giving any answer.
    func run(on log: LogSource, _ console: Console) throws -> ExitStatus
}

extension Inspection {
    /// Most cannot.
    package var readsBundles: Bool { false }

    /// Those that read bundles can, and some others.
    package var readsStores: Bool { readsBundles }

    /// Runs it and reports what it throws. Never throws, never ends the process.
    package func perform(on log: LogSource, _ console: Console) -> ExitStatus {
        var log = log
        log.meter = console.meter
        do {
            if log.storeAddress != nil {
                guard readsStores else { throw InspectionError.isAboutFiles() }
                try log.connect()
            } else if readsBundles {
                log.bundle = try log.readBundle()
                if let count = log.bundle?.withheld.count, count > 0 {
                    try console.complain(
                        "\(counted(count, "record")) of this case bundle \(count == 1 ? "is" : "are") withheld: only the hash is "
                            + "there, and what it holds is not shown.")
                }
            }
            let status = try run(on: log, console)
            try console.output.flush()
            return status
        } catch {
            let isBundle = !readsBundles && log.storeAddress == nil && (try? log.readBundle()) != nil
            return console.end(with: isBundle ? InspectionError.isBundle(log.directory) : error, on: log)
        }
    }
}

extension InspectionError {
    /// The error of a command that reads logs and was given a case bundle.
    fileprivate static func isBundle(_ path: String) -> InspectionError {
        InspectionError(
            "'\(safe(path))' is a case bundle, which this command does not read. show, why, list, diff, report, verify and export do; here, "
                + "give the log's directory.")
    }
}

extension Console {
    /// Reports the error that ended a command.
    func end(with error: any Error, on log: LogSource) -> ExitStatus {
        if error is OutputClosed { return .clean }
        let error = InspectionError(error, directory: log.directory)
        fail(error.description)
        return error.status
    }
}
