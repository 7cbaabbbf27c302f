// The linear workflow of four steps on PostgreSQL, as the programs in Peers run it: prints one line of JSON.
//
// linear-postgres URL SECONDS CONCURRENCY

import Foundation
import Sayiir
import SayiirPostgres

let arguments = CommandLine.arguments
guard arguments.count == 4, let seconds = Double(arguments[2]), let concurrency = Int(arguments[3]) else {
    print("usage: linear-postgres URL SECONDS CONCURRENCY")
    exit(1)
}
let engine = Engine(backend: try await PostgresBackend.connect(to: arguments[1]))
let workflow = try Flow("linear", input: Int.self)
    .then("step_1") { (value: Int) in value + 1 }
    .then("step_2") { (value: Int) in value + 1 }
    .then("step_3") { (value: Int) in value + 1 }
    .then("step_4") { (value: Int) in value + 1 }
    .build()
_ = try await engine.run(workflow, id: InstanceID("warm-\(UUID())"), input: 1)
let start = ContinuousClock.now
let count = try await withThrowingTaskGroup(of: Int.self) { group in
    for _ in 0..<concurrency {
        group.addTask { [engine, workflow] in
            var count = 0
            while ContinuousClock.now - start < .seconds(seconds) {
                let status = try await engine.run(workflow, id: InstanceID("\(UUID())"), input: 1)
                guard status.output == 5 else { throw WorkflowError.notCompleted(status.id, status.status) }
                count += 1
            }
            return count
        }
    }
    var total = 0
    for try await count in group { total += count }
    return total
}
let rate = Double(count) / ((ContinuousClock.now - start) / .seconds(1))
print(#"{"name": "Sayiir (Swift)", "concurrency": \#(concurrency), "workflows_per_second": \#(rate)}"#)
