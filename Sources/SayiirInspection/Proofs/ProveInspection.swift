internal import SayiirEvents
internal import SayiirLog

/// The proof that the log has a record, as a document that can be checked without the log.
package struct ProveInspection: Inspection {
    /// The record's sequence.
    package var sequence: UInt64
    /// How many records the tree has in which it is proven; all that there are if `nil`.
    package var size: UInt64?

    package init(_ sequence: UInt64) { self.sequence = sequence }

    package func run(on log: LogSource, _ console: Console) throws -> ExitStatus {
        guard let head = try log.reader.treeHead(at: size) else { throw try missingSize(in: log) }
        guard let bytes = try log.reader.recordBytes(of: sequence),
            let proof = try log.reader.inclusionProof(of: sequence, in: head.size),
            let document = ProofDocument(proof, of: bytes, log: try log.reader.log()?.description)
        else {
            throw InspectionError(
                "there is no record \(sequence) among the \(counted(head.size, "record")) of '\(log.directory)'"
                    + (try log.reader.removedSegments().isEmpty ? "." : ", or retention took it away: try '--archive'.")
            )
        }
        guard document.root == head.root else {
            throw InspectionError(
                "record \(sequence) is not the one that was sealed: it leads to the root \(document.root), the tree has "
                    + "\(head.root). Run 'verify --deep'.", status: .corrupt)
        }
        guard document.content.allowsBytes(console.style) else {
            throw InspectionError(
                "record \(sequence) holds a sensitive payload, or one of which nobody can tell, and the proof has to contain it. "
                    + "Give --reveal if whoever gets the proof may see it.")
        }
        try console.output.line(document.json)
        return .clean
    }

    private func missingSize(in log: LogSource) throws -> InspectionError {
        let last = try log.reader.treeHead()?.size ?? 0
        return InspectionError(
            "'\(log.directory)' has \(counted(last, "record")): there is no tree of \(grouped(size ?? last)) to prove anything in, "
                + "or retention took away what would tell.")
    }
}
