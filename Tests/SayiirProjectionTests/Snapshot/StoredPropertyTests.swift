import SayiirEvents
import Testing

@testable import SayiirProjection

/// The encoding lists stored properties by hand, and nothing but this tells that one was added. Who changes the list
/// here has to change the encoding, its version and the complete sample with it.
@Suite("No stored property is forgotten in the encoding")
struct StoredPropertyTests {
    private static let known: [String: [String]] = [
        "InstanceState": [
            "id", "run", "revision", "phase", "workflow", "definition", "input", "metadata", "priority", "tags",
            "traceContext", "deadline", "steps", "stuckSteps", "mailbox", "cancelRequest", "pauseRequest",
            "interruptedStep", "resultStep", "failure",
            "failedStep", "lineage", "leaseHolder", "leaseEpoch", "submittedAt", "updatedAt", "endedAt",
            "hasUnknownEvents", "anomalies",
        ],
        "StepTable": ["entries", "index", "opened"],
        // Its index follows from the entries.
        "OpenSteps": ["slots", "count", "index"],
        // Follows from the entries.
        "StepIndex": ["slots", "count"],
        "StepState": [
            "step", "kind", "status", "attempt", "failureCount", "timeoutCount", "crashCount", "startedAt",
            "attemptStartedAt", "finishedAt", "output", "failure", "isAbandoned",
        ],
        "SignalMailbox": ["queues", "deduplicationIDs"],
        "StuckStep": ["step", "value", "since"],
        "UndecodableValue": ["codec", "expected", "path", "reason"],
        "Queue": ["entries", "head", "rejected"],
        "Entry": ["revision", "signal", "payload", "receivedAt", "traceContext", "rejection"],
        "TraceContext": ["fields"],
        "Field": ["name", "value"],
        "ControlRequest": ["actor", "reason", "time"],
        "LeaseHolder": ["executor", "epoch"],
        "Anomaly": ["revision", "problem"],
        "Derived": ["source", "sourceRevision", "change"],
        "Imported": ["source", "head"],
        "Step": ["node", "indices"],
        "NodeID": ["rawValue"],
        "ExactText": ["rawValue"],
        "InstanceID": ["rawValue"],
        "DefinitionHash": ["bytes"],
        "Payload": ["codec", "bytes", "isSensitive"],
        "Failure": ["type", "message"],
        "Timestamp": ["nanosecondsSinceEpoch"],
    ]

    @Test("every type in a complete state has the properties that the encoding knows")
    func properties() throws {
        var found: [String: [String]] = [:]
        var state = try InstanceState.complete()
        collect(state, into: &found)
        state.lineage = .imported(Event.Imported(source: "store", head: [1]))
        collect(state, into: &found)
        #expect(found == Self.known)
    }

    @Test("the complete state differs from a new one in every property")
    func completeness() throws {
        let complete = Mirror(reflecting: try InstanceState.complete()).children
        let fresh = Mirror(reflecting: InstanceState("")).children
        for (mine, other) in zip(complete, fresh) {
            #expect(String(reflecting: mine.value) != String(reflecting: other.value), "\(mine.label ?? "")")
        }
        for step in try InstanceState.complete().steps {
            for child in Mirror(reflecting: step).children {
                #expect(!["nil", "0", "false"].contains(String(reflecting: child.value)), "\(child.label ?? "")")
            }
        }
    }

    private func collect(_ value: Any, into found: inout [String: [String]]) {
        let mirror = Mirror(reflecting: value)
        if mirror.displayStyle == .struct, !mirror.children.isEmpty {
            found["\(mirror.subjectType)"] = mirror.children.map { $0.label ?? "" }
        }
        for child in mirror.children { collect(child.value, into: &found) }
    }
}
