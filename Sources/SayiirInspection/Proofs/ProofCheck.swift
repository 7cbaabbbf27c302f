internal import SayiirEvents
internal import SayiirLog

/// The check of a proof that `prove` wrote, against a tree head that is trusted. Needs no log.
package struct ProofCheck: Sendable {
    /// More than a record can have, in hexadecimal digits.
    private static let longestFile = 128 * 1024 * 1024

    /// The proof's file.
    package var file: String
    /// The tree head as `status` shows it.
    package var head: String
    var fileSystem: any FileSystem = LocalFileSystem()

    package init(file: String, head: String) {
        self.file = file
        self.head = head
    }

    /// Checks it and says what was proven. Never throws, never ends the process.
    package func perform(_ console: Console) -> ExitStatus {
        do {
            let status = try run(console)
            try console.output.flush()
            return status
        } catch let error as FileSystemError {
            console.fail("\(error). Give the file that 'prove' wrote.")
            return .failure
        } catch {
            return console.end(with: error, on: LogSource(directory: file, fileSystem: fileSystem))
        }
    }

    private func run(_ console: Console) throws -> ExitStatus {
        guard let head = TreeHead(head) else {
            throw InspectionError(
                "'\(safe(head))' is no tree head: give SIZE:ROOT, as 'status' showed it or as it was written down.")
        }
        let document: ProofDocument
        do {
            document = try ProofDocument(decoding: try content())
        } catch let defect as ProofDocument.Defect {
            throw InspectionError("'\(file)' is no proof: \(safe(defect.reason)).")
        }
        let report = ProofReport(file: file, document: document, head: head)
        if console.style.isJSON {
            try console.output.line(report.json(console.style))
        } else {
            for line in report.lines(console.style) { try console.output.line(line) }
        }
        return report.status
    }

    private func content() throws -> [UInt8] {
        let proof = try fileSystem.open(file, as: .read)
        let size = try proof.size()
        guard size <= Self.longestFile else {
            throw InspectionError("'\(file)' is no proof: it is larger than any.")
        }
        return try proof.readBytes(Int(size), at: 0)
    }
}
