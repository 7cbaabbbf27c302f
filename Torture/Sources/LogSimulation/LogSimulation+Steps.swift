import SayiirTesting

@testable import SayiirLog

/// What a run does, one after the other.
enum SimulationStep: String, CaseIterable, Sendable {
    case commit
    case rollOver = "rolling over"
    case promise
    case prepare = "preparing a segment"
    case seal = "sealing"
    case snapshot
    case retention
    case lookUp = "look-up"
    case follow = "following"
    case close = "closing"
}

extension LogSimulation {
    func chooseStep() -> SimulationStep {
        let isSealDue = writer.map { !$0.full.isEmpty } ?? false
        switch Int.random(in: 0..<30, using: &generator) {
        case 0..<15: return .commit
        case 15: return .rollOver
        case 16..<18: return .promise
        case 18: return .prepare
        case 19..<22: return isSealDue ? .seal : .commit
        case 22..<25: return .snapshot
        case 25..<27: return .retention
        case 27: return .lookUp
        case 28: return .follow
        default: return .close
        }
    }

    /// Does a step. What fails because the machine stops, or because a call was made to, leaves the model as it must; anything else
    /// that fails is a failure of the log.
    func take(_ step: SimulationStep) throws {
        guard let writer else { return }
        do {
            switch step {
            case .commit: try commit(writer, largerThan: nil)
            case .rollOver: try commit(writer, largerThan: min(setting.segmentBytes, writer.journal.room))
            case .promise: try promise(writer)
            case .prepare: try writer.prepare()
            case .seal: try seal(writer)
            case .snapshot: try writeSnapshot(writer)
            case .retention: try applyRetention(writer)
            case .lookUp: try lookUp(writer)
            case .follow: try follow()
            case .close: try close(writer)
            }
        } catch let failure as SimulationFailure {
            throw failure
        } catch {
            if disk.isHalted { return }
            try expect(mayFail, "\(step.rawValue) failed: \(error)")
            count("\(step.rawValue) that failed")
        }
    }

    private func commit(_ writer: SimulatedWriter, largerThan room: Int?) throws {
        let (batches, records) = try Draws.batches(largerThan: room, using: &generator)
        model.submit(batches, records: records)
        do {
            let rolledOver = try writer.commit(batches)
            model.acknowledge()
            if setting.durability == .synced { model.becomeDurable() }
            if rolledOver {
                count("roll-overs")
                model.becomeDurable(exceptLast: 1)
            }
            try expect(writer.journal.digest == model.head, "the writer has another digest than the model")
        } catch LogError.outcomeUnknown(let cause) {
            try giveUp(writer, LogError.outcomeUnknown(cause))
        } catch {
            if disk.isHalted { throw error }
            // Nothing was written, and the writer goes on.
            model.refuse()
            throw error
        }
    }

    /// The writer has failed: it takes nothing more.
    private func giveUp(_ writer: SimulatedWriter, _ error: LogError) throws {
        if disk.isHalted { throw error }
        count("writers that gave up")
        var batch = RecordBatch()
        try batch.append(kind: .event, key: "late", timestamp: 0, payload: [1])
        do {
            _ = try writer.commit([batch])
        } catch LogError.outcomeUnknown {
            // Readers see what the writer does not know.
            if Bool.random(using: &generator) { try follow() }
            self.writer = nil
            throw error
        }
        throw SimulationFailure(description: "a writer that had failed took another commit")
    }

    private func promise(_ writer: SimulatedWriter) throws {
        do {
            try writer.promise()
            model.becomeDurable()
        } catch LogError.outcomeUnknown(let cause) {
            try giveUp(writer, LogError.outcomeUnknown(cause))
        }
    }

    private func seal(_ writer: SimulatedWriter) throws {
        let frames = Int.random(in: 0..<8, using: &generator) == 0 ? Int.random(in: 0...3, using: &generator) : nil
        do {
            let place = Int.random(in: 0..<4, using: &generator) == 0 ? writer.full.count - 1 : 0
            try writer.seal(at: place, stoppingAfter: frames)
            count("segments sealed")
        } catch is SegmentSealer.Stopped {
            count("sealing given up")
        }
    }

    private func writeSnapshot(_ writer: SimulatedWriter) throws {
        // A snapshot is durable, and so must be what it speaks of.
        if setting.durability == .buffered { try promise(writer) }
        guard self.writer != nil else { return }
        let covered = model.lastSequence
        let neededFrom =
            Int.random(in: 0..<4, using: &generator) == 0
            ? UInt64.random(in: 1...covered + 1, using: &generator) : covered + 1
        // One that is not acknowledged may be found too, and one that is replaced may come back.
        model.neededFrom[covered] = max(neededFrom, model.neededFrom[covered] ?? 0)
        try writer.writeSnapshot(
            of: model.contents, ballast: Int.random(in: 0...300, using: &generator), neededFrom: neededFrom)
        model.snapshotSequence = covered
        count("snapshots written")
    }

    private func applyRetention(_ writer: SimulatedWriter) throws {
        let retention = Retention(
            maximumBytes: Bool.random(using: &generator) ? 0 : Int64.random(in: 0...60_000, using: &generator),
            archive: setting.archive)
        let plan = try writer.planRetention(retention)
        guard let last = plan.removed.last else { return }
        let snapshots = try LogFiles(in: SimulatedWriter.directory, fileSystem: disk).snapshots.suffix(2)
        let needed = snapshots.compactMap { model.neededFrom[$0.coveredSequence] }.min() ?? 0
        try expect(
            snapshots.count == 2 && last.lastSequence < needed,
            "retention takes what snapshots need, from \(needed): up to \(last.lastSequence)")
        model.removingThrough = last.lastSequence
        try writer.applyRetention(plan, archive: setting.archive)
        model.removedThrough = last.lastSequence
        model.removingThrough = nil
        count("removals")
    }

    private func lookUp(_ writer: SimulatedWriter) throws {
        let after = Bool.random(using: &generator) ? 0 : UInt64.random(in: 0...model.lastSequence, using: &generator)
        try writer.checkLookUp(of: Draws.key(using: &generator), model, after: after)
    }

    private func follow() throws {
        system.disk = disk
        try withCounters { try watcher.poll(model, &$0) }
    }

    private func close(_ writer: SimulatedWriter) throws {
        try promise(writer)
        self.writer = nil
    }
}

extension Journal {
    /// The bytes left in the segment.
    var room: Int { max(0, Int(header.size) - offset) }
}
