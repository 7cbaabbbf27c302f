// The linear workflow of four steps, as the programs in Peers run it: prints one line of JSON.
//
// linear-flow memory|log|postgres LOCATION SECONDS FLOWS

import Foundation
import Sayiir
import SayiirPostgres

/// Where the workflow is kept; a location in memory is not looked at.
func engine(_ backend: String, at location: String) async throws -> Engine? {
    switch backend {
    case "memory": Engine(backend: InMemoryBackend())
    case "log": try await Engine(directory: location)
    case "postgres": Engine(backend: try await PostgresBackend.connect(to: location))
    default: nil
    }
}

func measure(_ engine: Engine, seconds: Double, flows: Int) async throws -> Double {
    let workflow = try Flow("linear", input: Int.self)
        .then("step_1") { (value: Int) in value + 1 }
        .then("step_2") { (value: Int) in value + 1 }
        .then("step_3") { (value: Int) in value + 1 }
        .then("step_4") { (value: Int) in value + 1 }
        .build()
    _ = try await engine.run(workflow, id: InstanceID("warm-\(UUID())"), input: 1)
    let start = ContinuousClock.now
    let count = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<flows {
            group.addTask {
                var count = 0
                while ContinuousClock.now - start < .seconds(seconds) {
                    let status = try await engine.run(workflow, id: InstanceID("\(UUID())"), input: 1)
                    guard status.output == 5 else { throw WorkflowError.notCompleted(status.id, status.status) }
                    count += 1
                }
                return count
            }
        }
        return try await group.reduce(0, +)
    }
    return Double(count) / ((ContinuousClock.now - start) / .seconds(1))
}

let arguments = CommandLine.arguments
guard arguments.count == 5, let seconds = Double(arguments[3]), let flows = Int(arguments[4]),
    let engine = try await engine(arguments[1], at: arguments[2])
else {
    print("usage: linear-flow memory|log|postgres LOCATION SECONDS FLOWS")
    exit(1)
}
let rate = try await measure(engine, seconds: seconds, flows: flows)
try await engine.close()
print(#"{"workflows_per_second": \#(rate)}"#)
