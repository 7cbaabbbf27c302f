internal import SayiirCatalogue
internal import SayiirEvents
internal import SayiirLog

/// Builds the log's catalogue from its first record on, or holds the one that is there against the log.
package struct RebuildInspection: Inspection {
    /// Whether nothing is built, and the catalogue compared with the log.
    package var checks = false

    package init() {}

    package func run(on log: LogSource, _ console: Console) throws -> ExitStatus {
        let catalogue = log.catalogue
        if checks { return try check(catalogue, log, console) }
        let sequence = try log.metered { try catalogue.rebuild(progress: $0) }
        if console.style.isJSON {
            var writer = JSONWriter()
            writer.beginObject()
            writer.member("catalogue", catalogue.path)
            writer.member("last_sequence", sequence)
            writer.endObject()
            try console.output.line(writer.text)
        } else {
            try console.output.line("\(safe(catalogue.path)) has the log up to sequence \(grouped(sequence)).")
        }
        return try judge(log, sequence, console)
    }

    private func check(_ catalogue: Catalogue, _ log: LogSource, _ console: Console) throws -> ExitStatus {
        guard catalogue.exists else {
            throw InspectionError("there is no catalogue \(catalogue.path). The command 'rebuild' makes one.")
        }
        let differences = try log.metered { try catalogue.check(progress: $0) }
        if console.style.isJSON {
            for difference in differences { try console.output.line(difference.json) }
        } else if differences.isEmpty {
            try console.output.line("\(safe(catalogue.path)) says what the log says.")
        } else {
            for difference in differences { try console.output.line(safe(difference.description)) }
        }
        guard !differences.isEmpty else { return .clean }
        try console.complain("the catalogue is not what follows from the log. The log counts: rebuild the catalogue.")
        return .corrupt
    }

    /// A catalogue ends where the log cannot be read on; that must not look as if all was well.
    private func judge(_ log: LogSource, _ sequence: UInt64, _ console: Console) throws -> ExitStatus {
        guard try log.reader.writer() == nil else { return .clean }
        let problems = Problems(console)
        problems.assessment = try log.verify()
        return try problems.conclude()
    }
}

extension CatalogueDifference {
    fileprivate var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("kind", kind)
        writer.member("only_in", side.rawValue)
        writer.member("row", row)
        writer.endObject()
        return writer.text
    }
}
