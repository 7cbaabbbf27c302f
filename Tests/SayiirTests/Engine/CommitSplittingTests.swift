import CrashEquivalence
import SayiirEvents
import SayiirLog
import SayiirTesting
import TestSupport
import Testing

@testable import Sayiir

/// What one decision adds is stored in several commits if it is large.
@Suite struct CommitSplittingTests {
    @Test(
        "A random flow that stores each event in a commit of its own comes to the same end from a crash at any of them",
        arguments: 0..<10)
    func crashAtEveryCut(group: Int) async throws {
        let problem = await FlowSearch.firstProblem(from: 1_000_000 + UInt64(group * 30), count: 30) { plan, seed in
            await CrashTrial.problem(with: plan.withoutCancels, seed: seed, commitBytes: 1)
        }
        #expect(problem == nil)
    }

    @Test(
        "A random flow that stores two or three events in a commit comes to the same end from a crash at any of them",
        arguments: 0..<5)
    func crashAtSomeCuts(group: Int) async throws {
        let problem = await FlowSearch.firstProblem(from: 1_100_000 + UInt64(group * 30), count: 30) { plan, seed in
            await CrashTrial.problem(with: plan.withoutCancels, seed: seed, commitBytes: 200)
        }
        #expect(problem == nil)
    }

    @Test("Events are cut where a commit is full, and a failure is not cut from what follows it")
    func cuts() {
        func events(_ bodies: [Event.Body]) -> ArraySlice<Event> {
            bodies.enumerated().map { index, body in
                Event(
                    instance: "i", revision: UInt64(index) + 1, time: Timestamp(nanosecondsSinceEpoch: 0), body: body)
            }[...]
        }
        let start = Event.Body.taskStarted(.init(step: Step("t"), attempt: 1, executor: "e"))
        let failure = Failure(type: "T", message: String(repeating: "x", count: 5000))
        let failed = Event.Body.taskFailed(.init(step: Step("t"), attempt: 1, failure: failure))
        let ended = Event.Body.failed(.init(step: Step("t"), failure: failure))
        func count(_ bodies: [Event.Body], limit: Int = 1000) -> Int {
            EventBatch.count(ofFirstCommitIn: events(bodies), limit: limit)
        }
        #expect(count([start]) == 1)
        #expect(count([start, start, start]) == 3)
        #expect(count([start, start, start], limit: 0) == 1)
        #expect(count([failed, ended]) == 2)
        #expect(count([start, failed, ended]) == 1)
        #expect(count([failed, ended, start]) == 2)
        #expect(count(Array(repeating: start, count: 100)) == 1000 / start.approximateByteCount)
    }

    @Test("The approximate size of events is never far below the encoded one")
    func sizes() throws {
        let id = String(repeating: "n", count: 300)
        let text = String(repeating: "x", count: 1000)
        let step = Step(NodeID(id), indices: [.max, .max, .max])
        let failure = Failure(type: text, message: text)
        let payload = Payload(codec: "json", bytes: Array(text.utf8))
        let bodies: [Event.Body] = [
            .taskStarted(.init(step: step, attempt: .max, executor: text)),
            .taskCheckpointed(.init(step: step, attempt: .max, output: payload)),
            .taskFailed(.init(step: step, attempt: .max, failure: failure)),
            .failed(.init(step: step, failure: failure)),
            .signalTimedOut(.init(step: step, signal: "s", fallback: payload)),
            .forked(.init(step: step, branches: Array(repeating: id, count: 100))),
            .mapElementFinished(.init(step: step, index: .max)),
            .delayElapsed(.init(step: step)),
        ]
        for body in bodies {
            var bytes: [UInt8] = []
            Event(instance: "i", revision: .max, time: Timestamp(nanosecondsSinceEpoch: .max), body: body).encode(
                into: &bytes)
            #expect(bytes.count <= body.approximateByteCount + 16)
        }
    }

    @Test("A map that begins more elements than one commit can hold is stored in parts, and completes")
    func wideMap() async throws {
        let id = String(repeating: "n", count: 228)
        let workflow = try Flow("w", input: [Int].self).map(concurrency: .max) {
            $0.then(DurableTask(id) { (value: Int) in value })
        }.build()
        var options = EngineOptions()
        options.clock = VirtualClock()
        options.commitBytes = 64 * 1024
        let backend = RefusingBackend(inner: try await openLog(InMemoryFileSystem()))
        let appends = Atomically<[Int]>([])
        backend.appendError.change {
            $0 = { events in
                appends.change { $0.append(events.reduce(0) { $0 + $1.body.approximateByteCount }) }
                return nil
            }
        }
        let engine = Engine(backend: backend, options: options)
        let input = Array(0..<1000)
        #expect(try await engine.run(workflow, id: "i", input: input).output == input)
        #expect(appends.value.allSatisfy { $0 <= 64 * 1024 })
        #expect(appends.value.count > 5)
    }

    @Test("Fallbacks of many waits that end at one look are stored in several commits")
    func fallbacks() async throws {
        let text = String(repeating: "x", count: 6 * 1024 * 1024)
        let branches = (0..<4).map { number in
            Branch<Int, String>("b\(number)") {
                $0.waitForSignal("s\(number)", timeout: .seconds(1), orElse: text)
            }
        }
        let workflow = try Flow("w", input: Int.self).fork(branches).join("j") { $0.count }.build()
        let clock = VirtualClock()
        let engine = try await openEngine(clock: clock)
        #expect(try await engine.run(workflow, id: "i", input: 1).status.name == "awaiting_signal")
        clock.advance(by: .seconds(2))
        #expect(try await engine.resume(workflow, id: "i").output == 4)
    }

    @Test("A signal between two parts of a decision changes nothing about it")
    func changedBetweenParts() async throws {
        let calls = Calls()
        let workflow = try Flow("w", input: [Int].self).map(concurrency: .max) {
            $0.then(
                DurableTask("t", execution: .atMostOnce) { (value: Int) in
                    calls.note("\(value)")
                    return value
                })
        }.build()
        for count in 1..<20 {
            var options = EngineOptions()
            options.clock = VirtualClock()
            options.commitBytes = 1
            let backend = RefusingBackend(inner: InMemoryBackend())
            let engine = Engine(backend: backend, options: options)
            let appended = Atomically(0)
            backend.appendError.change {
                $0 = { events in
                    appended.change({ number in
                        number += 1; return number
                    }) == count
                        ? .conflict(instance: "i", expected: 0, found: 0) : nil
                }
            }
            let status = try await engine.run(workflow, id: "i", input: [1, 2, 3])
            #expect(status.output == [1, 2, 3])
            #expect(calls.all.count == 3 * count)
        }
    }
}

extension FlowPlan {
    /// The plan, in which nobody asks to cancel. A request that comes between two parts of a decision takes effect there, and the oracle
    /// knows whole decisions only.
    fileprivate var withoutCancels: FlowPlan {
        var plan = self
        plan.requests.removeAll { $0.kind == .cancel }
        return plan
    }
}
