import SayiirEvents
import SayiirProjection

/// The live instances that nobody has to do with, packed.
struct ParkedInstances: Sendable {
    /// Each by its id.
    private(set) var packed: [InstanceID: PackedInstance] = [:]
    /// The samples that they are compressed with.
    private(set) var samples = StateSamples()

    /// Parks an instance.
    mutating func park(_ live: LiveInstance) {
        packed[live.state.id] = PackedInstance(live, with: &samples)
    }

    /// What became of an instance that was to be taken out.
    enum Taken {
        /// It is not here.
        case absent
        /// It was here, and cannot be unpacked: only its history tells.
        case unreadable
        case instance(LiveInstance)
    }

    /// Takes an instance out.
    mutating func take(_ id: InstanceID) -> Taken {
        guard let found = packed.removeValue(forKey: id) else { return .absent }
        return found.unpacked(as: id, with: samples).map { .instance($0) } ?? .unreadable
    }

    /// The wait state of an instance, if the executor that ran it last gave one and its sample is one of these; `nil` if an executor has
    /// to look.
    func rest(of instance: PackedInstance, within samples: Set<UInt16>) -> PackedInstance.Rest? {
        samples.contains(instance.sample) ? instance.rest : nil
    }

    /// The samples of states that go by one of these workflows.
    func samples(of workflows: Set<ServedWorkflow>) -> Set<UInt16> {
        Set(samples.all.filter { $0.value.kind.workflow.map { workflows.contains($0) } ?? false }.keys)
    }

    /// Takes in a sample of a snapshot; false if it is none.
    mutating func restore(sample payload: ArraySlice<UInt8>) -> Bool { samples.restore(payload) }

    /// Takes in an instance of a snapshot.
    mutating func restore(_ instance: PackedInstance, as id: InstanceID) { packed[id] = instance }

    /// Makes room for so many more.
    mutating func reserve(_ count: Int) { packed.reserveCapacity(packed.count + count) }
}
