import Foundation
import PostgresCluster
import Sayiir
import SayiirEvents
import SayiirProjection
import Testing

/// What the tables and the tasks' effects say when all is over, and whether that is what has to be.
struct Findings {
    private(set) var eventCount = 0
    /// How many attempts were begun that came to no end.
    private(set) var repeatedAttempts = 0
    private let chaos: Chaos
    /// Attempts by instance and step, with the worker that made each.
    private var calls: [String: [Call]] = [:]

    private struct Call: Hashable {
        var attempt: UInt32
        var worker: String
    }

    init(_ chaos: Chaos) throws {
        self.chaos = chaos
        for (worker, lines) in chaos.fleet.effects() {
            for words in lines {
                try #require(words.count == 3)
                let call = Call(attempt: try #require(UInt32(words[2])), worker: worker)
                calls["\(words[0]) \(words[1])", default: []].append(call)
            }
        }
    }

    mutating func check() async throws {
        let found = try await chaos.client.instances()
        #expect(Set(found.map(\.id)) == Set(chaos.plans.map(\.id)), "all that was submitted is there, and nothing else")
        for plan in chaos.plans {
            let history = try await chaos.client.history(of: plan.id).map(\.event)
            eventCount += history.count
            try check(plan, history)
        }
        try await checkTables()
    }

    private mutating func check(_ plan: InstancePlan, _ history: [Event]) throws {
        var state = InstanceState(plan.id)
        for event in history { state.apply(event) }
        #expect(history.map(\.revision) == Array(1...UInt64(max(1, history.count))), "\(plan.id)")
        #expect(state.anomalies == [], "\(plan.id)")
        switch (plan.end, state.status) {
        case (.completed(let output), .completed): #expect(state.output?.bytes == Array("\(output)".utf8), "\(plan.id)")
        case (.failed, .failed(let failure)): #expect(failure.message == "boom", "\(plan.id)")
        case (.cancelled, .cancelled): break
        default: Issue.record("\(plan.id) should be \(plan.end), and is \(state.status)")
        }
        try checkSteps(plan.id, history)
    }

    /// Every attempt that was made was announced before, by who made it; none follows its step's checkpoint.
    private mutating func checkSteps(_ id: InstanceID, _ history: [Event]) throws {
        var started: [Step: Set<Call>] = [:]
        var checkpoints: [Step: UInt32] = [:]
        var endedAttempts = 0
        for event in history {
            switch event.body {
            case .taskStarted(let start):
                if checkpoints[start.step] != nil { Issue.record("\(id): \(start.step) began after its checkpoint") }
                let isNew = started[start.step, default: []].insert(
                    Call(attempt: start.attempt, worker: start.executor)
                ).inserted
                if !isNew { Issue.record("\(id): \(start.step) began twice with attempt \(start.attempt)") }
            case .taskCheckpointed(let checkpoint):
                endedAttempts += 1
                if checkpoints.updateValue(checkpoint.attempt, forKey: checkpoint.step) != nil {
                    Issue.record("\(id): \(checkpoint.step) was checkpointed twice")
                }
            case .taskFailed: endedAttempts += 1
            default: break
            }
        }
        repeatedAttempts += started.values.reduce(0) { $0 + $1.count } - endedAttempts
        for (step, begun) in started {
            let made = calls["\(id) \(step)"] ?? []
            // Some tasks leave no line.
            if made.isEmpty { continue }
            let isRight =
                Set(made.map(\.attempt)).count == made.count && begun.isSuperset(of: made)
                && (checkpoints[step].map { last in
                    made.contains { $0.attempt == last } && made.allSatisfy { $0.attempt <= last }
                } ?? true)
            if !isRight {
                Issue.record("\(id): \(step) was called as \(made), begun as \(begun), kept \(checkpoints[step] ?? 0)")
            }
        }
    }

    /// The tables hold no gap, and what follows from the events is what they say.
    private func checkTables() async throws {
        let schema = chaos.fleet.schema
        let wrong = try await chaos.cluster.psql(
            """
            SELECT i.id, i.revision, i.status, i.ready_at, e.count, e.last FROM \(schema).instances AS i
            LEFT JOIN (SELECT instance, count(*), max(revision) AS last FROM \(schema).events GROUP BY instance) AS e
                ON e.instance = i.id
            WHERE e.count IS DISTINCT FROM i.revision OR e.last IS DISTINCT FROM i.revision OR i.ended_at IS NULL
                OR i.ready_at IS NOT NULL OR i.status NOT IN ('completed', 'failed', 'cancelled')
            """)
        #expect(wrong == "")
    }
}
