internal import Sayiir
internal import SayiirEvents
internal import SayiirProjection

extension BackendConformance {
    static let leaseChecks = [
        Check("a lease keeps others out until it is released; the next one has a higher epoch", exclusion),
        Check("a lease is not released by another one, be it forged, outdated or another instance's", foreignRelease),
        Check("an append with a lease that has ended is fenced off and changes nothing", fencing),
        Check("a lease can be taken over, and fences its former holder off for good", takeOver),
        Check("who runs nothing appends without a lease while another runs the instance", clients),
    ]

    private static func exclusion(_ backend: any Backend) async throws {
        let lease = try await backend.acquireLease(on: "a", by: "one", takingOver: false)
        try requireEqual(lease.instance, "a", "the lease's instance")
        try requireEqual(lease.executor, "one", "the lease's executor")
        try await requireHeld("a", by: "one", backend)
        _ = try await backend.acquireLease(on: "b", by: "two", takingOver: false)
        await backend.release(lease)
        let next = try await backend.acquireLease(on: "a", by: "two", takingOver: false)
        try require(next.epoch > lease.epoch, "epoch \(next.epoch) is not higher than \(lease.epoch)")
        try requireEqual(try await backend.instances(), [], "the instances when only leases were taken")
    }

    private static func foreignRelease(_ backend: any Backend) async throws {
        let old = try await backend.acquireLease(on: "a", by: "one", takingOver: false)
        await backend.release(old)
        let other = try await backend.acquireLease(on: "b", by: "three", takingOver: false)
        let lease = try await backend.acquireLease(on: "a", by: "one", takingOver: false)
        let forged = [
            Lease(instance: "a", executor: "two", epoch: lease.epoch),
            Lease(instance: "a", executor: "one", epoch: lease.epoch + 1),
            Lease(instance: "c", executor: "one", epoch: lease.epoch),
        ]
        for wrong in [old, other] + forged {
            await backend.release(wrong)
            try await requireHeld("a", by: "one", backend)
        }
        // And the one that is held still has its right.
        try await backend.append(SampleEvents.first(1, of: "a"), lease: lease)
        await backend.release(lease)
        _ = try await backend.acquireLease(on: "a", by: "two", takingOver: false)
    }

    private static func fencing(_ backend: any Backend) async throws {
        let events = SampleEvents.first(3, of: "a")
        let old = try await backend.acquireLease(on: "a", by: "one", takingOver: false)
        try await backend.append([events[0]], lease: old)
        await backend.release(old)
        try await requireFenced([events[1]], old, backend)
        let new = try await backend.acquireLease(on: "a", by: "two", takingOver: false)
        try await requireFenced([events[1]], old, backend)
        try requireEqual(try await backend.state(of: "a")?.revision, 1, "the revision after all that")
        try await backend.append([events[1]], lease: new)
        try await backend.append([events[2]], lease: new)
        try requireEqual(try await backend.history(of: "a").map(\.event), events, "the history")
    }

    private static func takeOver(_ backend: any Backend) async throws {
        let events = SampleEvents.first(3, of: "a")
        let old = try await backend.acquireLease(on: "a", by: "one", takingOver: false)
        try await backend.append([events[0]], lease: old)
        let new = try await backend.acquireLease(on: "a", by: "two", takingOver: true)
        try require(new.epoch > old.epoch, "epoch \(new.epoch) is not higher than \(old.epoch)")
        try await requireFenced([events[1]], old, backend)
        // Nor does giving back what it lost free what the other has.
        await backend.release(old)
        try await requireHeld("a", by: "two", backend)
        try await backend.append([events[1]], lease: new)
        await backend.release(new)
        try await requireFenced([events[2]], new, backend)
        try requireEqual(try await backend.history(of: "a").map(\.event), Array(events[..<2]), "the history")
        // Who takes over what nobody has just has it.
        let last = try await backend.acquireLease(on: "a", by: "three", takingOver: true)
        try await backend.append([events[2]], lease: last)
    }

    private static func clients(_ backend: any Backend) async throws {
        let events = SampleEvents.first(3, of: "a")
        let lease = try await backend.acquireLease(on: "a", by: "one", takingOver: false)
        try await backend.append([events[0]], lease: lease)
        try await backend.append([events[1]], lease: nil)
        try await backend.append([events[2]], lease: lease)
        try requireEqual(try await backend.history(of: "a").map(\.event), events, "the history")
    }

    private static func requireHeld(
        _ instance: InstanceID, by holder: String, _ backend: any Backend
    ) async throws {
        try await requireError("acquiring the lease that '\(holder)' has on '\(instance)'") {
            _ = try await backend.acquireLease(on: instance, by: "intruder", takingOver: false)
        } where: {
            guard case .leaseHeld(instance, holder) = $0 else { return false }
            return true
        }
    }

    static func requireFenced(_ events: [Event], _ lease: Lease, _ backend: any Backend) async throws {
        try await requireError("an append with the lease of epoch \(lease.epoch), which has ended,") {
            try await backend.append(events, lease: lease)
        } where: {
            guard case .fenced(lease.instance, lease.epoch) = $0 else { return false }
            return true
        }
    }
}
