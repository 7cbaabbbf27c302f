internal import Sayiir
internal import SayiirEvents

/// Takes, renews and gives back the leases of this process, and tells their holders what happens to them.
actor LeaseKeeper {
    private let pool: ConnectionPool
    /// Marks the leases of this backend, whoever its executors are.
    private let session = Int64.random(in: 1 ... .max)
    private var held: [InstanceID: HeldLease] = [:]
    /// How many renewals in a row have failed.
    private var failureCount = 0
    /// What is to be given back.
    private var releases: [Release] = []
    /// Those who wait until that was tried.
    private var releasers: [CheckedContinuation<Void, Never>] = []
    private var isReleasing = false
    /// When to look for leases that only the server knows of; `nil` if there is no reason to.
    private var forgottenDue: ContinuousClock.Instant?
    private var lastListener = 0

    private struct HeldLease {
        var lease: Lease
        /// The highest revision that its holder knows to be its own doing, or was told of.
        var revision: UInt64
        var listeners: [Int: AsyncStream<LeaseNotice>.Continuation] = [:]
    }

    private struct Release {
        var lease: Lease
        var rest: InstanceRest?
    }

    /// After so many failed renewals in a row the leases count as lost.
    private static let failureLimit = 3

    init(_ pool: ConnectionPool) { self.pool = pool }

    private var leaseNanoseconds: Int64 { Int64(clamping: pool.options.leaseDuration.nanosecondCount) }

    // MARK: Taking

    func acquire(
        on instance: InstanceID, by executor: String, takingOver: Bool
    ) async throws(BackendError) -> Lease {
        var parameters = StatementParameters()
        parameters.append(instance.rawValue)
        parameters.append(executor)
        parameters.append(leaseNanoseconds)
        parameters.append(takingOver)
        parameters.append(session)
        var holder = StatementParameters()
        holder.append(instance.rawValue)
        var again = StatementParameters()
        again.append(instance.rawValue)
        again.append(executor)
        again.append(leaseNanoseconds)
        again.append(session)
        // What this process has already, no lost reply gave it.
        let mayBeOwn = held[instance] == nil
        while true {
            let outcome: LeaseOutcome
            do throws(PostgresError) {
                outcome = try await pool.runPersistently {
                    [parameters, holder, again] connection, mayHaveRun throws(PostgresError) in
                    if mayHaveRun, mayBeOwn, let row = try connection.run(LeaseStatements.acquireAgain, again).first {
                        return .acquired(epoch: try row.count(0))
                    }
                    if let row = try connection.run(LeaseStatements.acquire, parameters).first {
                        return .acquired(epoch: try row.count(0))
                    }
                    return .held(by: try connection.run(LeaseStatements.holder, holder).first?.text(0))
                }
            } catch {
                expectForgotten(after: error)
                throw .store(error)
            }
            switch outcome {
            case .acquired(let epoch):
                let lease = Lease(instance: instance, executor: executor, epoch: epoch)
                hold(lease, revision: 0)
                return lease
            case .held(let holder?): throw .leaseHeld(instance: instance, holder: holder)
            // It was given back just now.
            case .held(nil): continue
            }
        }
    }

    private enum LeaseOutcome: Sendable {
        case acquired(epoch: UInt64)
        case held(by: String?)
    }

    func claim(_ claim: WorkClaim) async throws(BackendError) -> [Lease] {
        var parameters = StatementParameters()
        parameters.append(claim.executor)
        parameters.append(leaseNanoseconds)
        parameters.append(Int64(max(0, claim.limit)))
        parameters.append(array: claim.workflows.map(\.definition.bytes))
        if let tags = claim.tags { parameters.append(array: tags) } else { parameters.append(Optional<String>.none) }
        parameters.append(session)
        parameters.append(array: claim.workflows.map(\.name.storable))
        let claimed: [Claimed]
        let isRepeated: Bool
        do throws(PostgresError) {
            (claimed, isRepeated) = try await pool.runPersistently {
                [parameters] connection, mayHaveRun throws(PostgresError) in
                let claimed = try connection.run(LeaseStatements.claim, parameters).map { row throws(PostgresError) in
                    Claimed(
                        instance: InstanceID(try row.text(0)), epoch: try row.count(1), revision: try row.count(2),
                        urgency: try row.integer(3))
                }
                return (claimed, mayHaveRun)
            }
        } catch {
            expectForgotten(after: error)
            throw .store(error)
        }
        if isRepeated { expectForgotten() }
        return claimed.sorted { $0.urgency < $1.urgency }.map { found in
            let lease = Lease(instance: found.instance, executor: claim.executor, epoch: found.epoch)
            hold(lease, revision: found.revision)
            return lease
        }
    }

    private struct Claimed: Sendable {
        var instance: InstanceID
        var epoch: UInt64
        var revision: UInt64
        var urgency: Int64
    }

    private func hold(_ lease: Lease, revision: UInt64) {
        drop(lease.instance, telling: .lost)
        held[lease.instance] = HeldLease(lease: lease, revision: revision)
    }

    // MARK: Giving back

    /// Gives a lease back; others that come meanwhile share a statement.
    func release(_ lease: Lease, leaving rest: InstanceRest?) async {
        if held[lease.instance]?.lease == lease { drop(lease.instance, telling: nil) }
        releases.append(Release(lease: lease, rest: rest))
        await withCheckedContinuation { continuation in
            self.releasers.append(continuation)
            self.startReleasing()
        }
    }

    private func startReleasing() {
        guard !isReleasing else { return }
        isReleasing = true
        Task { await self.releaseAll() }
    }

    private func releaseAll() async {
        while !releasers.isEmpty {
            let (batch, waiting) = (releases, releasers)
            (releases, releasers) = ([], [])
            let parameters = Self.parameters(batch)
            do throws(PostgresError) {
                try await pool.runPersistently { connection, _ throws(PostgresError) in
                    _ = try connection.run(LeaseStatements.release, parameters)
                }
            } catch {
                // Nobody waits until it can be done: it is tried again with the next ones, or at a heartbeat.
                releases = batch + releases
            }
            for continuation in waiting { continuation.resume() }
        }
        isReleasing = false
    }

    /// Gives back what could not be given back when it should have been.
    private func releaseOwed() async {
        guard !releases.isEmpty, !isReleasing else { return }
        let batch = releases
        releases = []
        let parameters = Self.parameters(batch)
        do throws(PostgresError) {
            try await pool.run { connection throws(PostgresError) in
                _ = try connection.run(LeaseStatements.release, parameters)
            }
        } catch {
            releases = batch + releases
        }
    }

    private static func parameters(_ batch: [Release]) -> StatementParameters {
        var parameters = StatementParameters()
        parameters.append(array: batch.map(\.lease.instance.rawValue))
        parameters.append(array: batch.map(\.lease.executor))
        parameters.append(array: batch.map { Int64(clamping: $0.lease.epoch) })
        parameters.append(array: batch.map { $0.rest.map { Int64(clamping: $0.revision) } })
        parameters.append(array: batch.map { $0.rest?.due?.nanosecondsSinceEpoch })
        parameters.append(array: batch.map { Int32(clamping: $0.rest?.priority ?? 3) })
        parameters.append(array: batch.map { ($0.rest?.tags ?? []).joined(separator: "\u{1F}") })
        return parameters
    }

    // MARK: Holding

    func notices(of lease: Lease) -> AsyncStream<LeaseNotice> {
        let (stream, continuation) = AsyncStream.makeStream(of: LeaseNotice.self)
        guard held[lease.instance]?.lease == lease else {
            continuation.yield(.lost)
            continuation.finish()
            return stream
        }
        lastListener += 1
        let listener = lastListener
        held[lease.instance]?.listeners[listener] = continuation
        continuation.onTermination = { _ in Task { await self.stopListening(listener, to: lease) } }
        return stream
    }

    private func stopListening(_ listener: Int, to lease: Lease) {
        guard held[lease.instance]?.lease == lease else { return }
        held[lease.instance]?.listeners[listener] = nil
    }

    /// Whether this process has the lease of an instance.
    func holds(_ instance: InstanceID) -> Bool { held[instance] != nil }

    /// The holder of a lease has appended up to a revision.
    func noteAppend(upTo revision: UInt64, under lease: Lease) {
        guard held[lease.instance]?.lease == lease else { return }
        held[lease.instance]?.revision = revision
    }

    /// The server refused an append for want of the lease.
    func noteFenced(_ lease: Lease) {
        if held[lease.instance]?.lease == lease { drop(lease.instance, telling: .lost) }
    }

    /// Somebody without a lease changed an instance.
    func noteChange(of instance: InstanceID) { tell(instance, .changed) }

    private func tell(_ instance: InstanceID, _ notice: LeaseNotice) {
        guard let lease = held[instance] else { return }
        for listener in lease.listeners.values { listener.yield(notice) }
    }

    private func drop(_ instance: InstanceID, telling notice: LeaseNotice?) {
        guard let lease = held.removeValue(forKey: instance) else { return }
        for listener in lease.listeners.values {
            if let notice { listener.yield(notice) }
            listener.finish()
        }
    }

    // MARK: Forgotten leases

    /// The server may take this process to have leases that it does not know of: an answer got lost, or the server forgot in a
    /// crash that they were given back. They are given back soon, rather than wait for their end.
    func expectForgotten() { forgottenDue = ContinuousClock.now + transitTime }

    private func expectForgotten(after error: PostgresError) {
        if error.isOutcomeUnknown { expectForgotten() }
    }

    /// For so long a lease may be on its way to this process: it is not among those that are known then, and not forgotten.
    private var transitTime: Duration { min(pool.options.leaseDuration / 2, .seconds(30)) }

    private func releaseForgotten() async {
        forgottenDue = nil
        var parameters = StatementParameters()
        parameters.append(session)
        parameters.append(array: held.keys.map(\.rawValue))
        parameters.append(Int64(clamping: transitTime.nanosecondCount))
        do throws(PostgresError) {
            try await pool.run { [parameters] connection throws(PostgresError) in
                _ = try connection.run(LeaseStatements.releaseForgotten, parameters)
            }
        } catch {
            expectForgotten()
        }
    }

    // MARK: Renewing

    /// Gives up all leases: this process can renew them no more.
    func loseAll() {
        for instance in Array(held.keys) { drop(instance, telling: .lost) }
    }

    /// Renews all leases, and gives back those that should be. To be called at every ``PostgresOptions/heartbeatInterval``.
    func renew() async {
        await renewHeld()
        await releaseOwed()
        if let forgottenDue, forgottenDue <= .now { await releaseForgotten() }
    }

    private func renewHeld() async {
        let leases = held.values.map(\.lease)
        guard !leases.isEmpty else { return }
        var parameters = StatementParameters()
        parameters.append(array: leases.map(\.instance.rawValue))
        parameters.append(array: leases.map { Int64(clamping: $0.epoch) })
        parameters.append(leaseNanoseconds)
        do throws(PostgresError) {
            let revisions = try await pool.run(isUrgent: true) { [parameters] connection throws(PostgresError) in
                var revisions: [String: UInt64] = [:]
                for row in try connection.run(LeaseStatements.renew, parameters).rows {
                    revisions[try row.text(0)] = try row.count(1)
                }
                return revisions
            }
            failureCount = 0
            take(revisions, of: leases)
        } catch {
            failureCount += 1
            guard failureCount >= Self.failureLimit else { return }
            // Others may have taken them over by now; who runs them must not wait to be told by a refused append.
            for lease in leases where held[lease.instance]?.lease == lease { drop(lease.instance, telling: .lost) }
        }
    }

    private func take(_ revisions: [String: UInt64], of leases: [Lease]) {
        for lease in leases where held[lease.instance]?.lease == lease {
            guard let revision = revisions[lease.instance.rawValue] else {
                drop(lease.instance, telling: .lost)
                continue
            }
            guard let known = held[lease.instance]?.revision, revision > known else { continue }
            held[lease.instance]?.revision = revision
            tell(lease.instance, .changed)
        }
    }
}
