/// Compares the chain digests in the headers of snapshots with the log's frames. The header of a snapshot is enough: the file got its
/// name when it was whole.
struct CoveredSequences {
    private struct Claim {
        var file: SnapshotName
        var log: LogID
        var digest: ChainDigest
        /// The log's digest after that sequence; `nil` if no commit ends there.
        var found: ChainDigest?
    }

    private var claims: [Claim] = []
    /// The sequence after which the frames began.
    private var start: UInt64?

    init() {}

    /// Reads the headers. Snapshots that are gone, damaged or unreadable claim nothing.
    init(of snapshots: [SnapshotName], in directory: String, fileSystem: any FileSystem) throws(FileSystemError) {
        for name in snapshots {
            do {
                let header = try SnapshotFile(name, in: directory, fileSystem: fileSystem).header
                claims.append(Claim(file: name, log: header.log, digest: header.previousDigest))
            } catch let error as FileSystemError {
                guard error.isMissingFile || error.isUnreadable else { throw error }
            } catch {
                // Opening and verifying report damaged snapshots elsewhere.
            }
        }
    }

    /// Takes the next frame, and the chain digest before it.
    mutating func take(_ frame: Frame, after digest: ChainDigest?) {
        guard !claims.isEmpty else { return }
        let before = frame.firstSequence - 1
        let last = before + UInt64(frame.recordCount)
        if start == nil {
            start = before
            if let digest { note(before, digest) }
        }
        if frame.commitCount > 1, let digest,
            claims.contains(where: { (before + 1..<last + 1).contains($0.file.coveredSequence) })
        {
            frame.forEachCommitEnd(after: digest) { note($0, $1) }
        }
        note(last, frame.digest)
    }

    private mutating func note(_ sequence: UInt64, _ digest: ChainDigest) {
        for index in claims.indices where claims[index].file.coveredSequence == sequence {
            claims[index].found = digest
        }
    }

    /// The first claim that does not hold in a log that was read through a sequence.
    func contradiction(in log: LogID, through last: UInt64) -> (expected: String, found: String)? {
        guard let start else { return nil }
        for claim in claims where claim.log == log && (start...max(start, last)).contains(claim.file.coveredSequence) {
            guard claim.found != claim.digest else { continue }
            return (
                "chain digest \(claim.digest) after sequence \(claim.file.coveredSequence), as \(claim.file) says",
                claim.found.map { "\($0)" } ?? "no commit that ends there"
            )
        }
        return nil
    }
}
