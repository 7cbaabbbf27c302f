internal import SayiirLog

/// The whole log checked: every frame, the chain, every event. Keeps nothing of what it has read.
package struct VerifyInspection: Inspection {
    /// Whether each record that cannot be decoded is listed, and what only newer versions know is counted.
    package var isDeep = false
    /// A head of the log that was seen earlier, as `status` shows it: the chain's or the tree's.
    package var head: String?

    package init() {}

    package var readsBundles: Bool { true }

    package var readsStores: Bool { false }

    package func run(on log: LogSource, _ console: Console) throws -> ExitStatus {
        if let bundle = log.bundle { return try BundleReport(of: bundle, in: log.directory, head: head).show(console) }
        let report = try report(on: log, console)
        if console.style.isJSON {
            try console.output.line(report.json)
        } else {
            for line in report.lines(console.style) { try console.output.line(line) }
        }
        return report.status
    }

    private func report(on log: LogSource, _ console: Console) throws -> VerifyReport {
        let seen = try parseHead()
        let snapshots = try log.reader.snapshots()
        var fit = try log.reader.fit(of: snapshots)
        // What a head says of the tree is worth what recomputes it.
        var tree = log.reader.treeFold(recomputing: isDeep || seen?.sequence != nil, wanting: seen?.sequence)
        var search = try seen.map { try log.reader.search(for: $0) }
        var clock = ClockSteps()
        var decoding = isDeep ? DecodingFindings() : nil
        let problems = Problems(console)
        let assessment = try log.verify { frame in
            fit.take(frame)
            clock.take(frame)
            tree.take(frame)
            search?.take(frame)
            try frame.forEachRecord { record in
                let entry = LogEntry(record, in: frame)
                // With a list in the report nothing is said twice.
                if decoding?.add(entry) == nil, case .unreadable = entry.content {
                    try problems.note(entry, in: log.directory)
                }
            }
        }
        let treeHead = tree.finish(lastSequence: assessment.lastSequence)
        let surroundings = try surroundings(of: log, snapshots, fit, assessment)
        let outcome = search?.outcome(
            lastSequence: assessment.lastSequence, root: tree.wantedRoot, removed: surroundings.removed)
        let isWhole = assessment.verdict == .clean || assessment.verdict == .torn
        return VerifyReport(
            directory: log.directory, assessment: assessment,
            unreadableCount: decoding.map { UInt64($0.undecodable.count) } ?? problems.unreadableCount,
            surroundings: surroundings, clock: clock, findings: decoding, treeHead: treeHead,
            treeContradictions: tree.contradictions,
            seenHead: outcome.map { SeenHeadFinding(outcome: $0, lastSequence: assessment.lastSequence) },
            extent: isWhole && tree.contradictions.isEmpty
                ? nil : try DamageExtent(of: log, assessment, changed: tree.contradictions.map(\.sequences)))
    }

    private func parseHead() throws -> SeenHead? {
        guard let head else { return nil }
        guard let seen = SeenHead(head) else {
            throw InspectionError(
                "'\(safe(head))' is no head: give the 64 digits of the chain head, or the tree head, as 'status' showed them, or "
                    + "SEQUENCE:DIGEST.")
        }
        return seen
    }

    private func surroundings(
        of log: LogSource, _ snapshots: [LogSnapshot], _ fit: SnapshotFit, _ assessment: Assessment
    ) throws -> Surroundings {
        var surroundings = try Surroundings(of: log, snapshots: snapshots, checksArchives: true)
        for snapshot in snapshots {
            surroundings.contradictions[snapshot.file] = fit.contradiction(of: snapshot, in: assessment)
        }
        return surroundings
    }
}
