// The samples of a first tour through the library, each in a file of its own.
//
//     tour            runs all of them
//     tour NAME       runs one: tour retry

import Foundation
import Sayiir

let samples: [(name: String, title: String, run: @Sendable () async throws -> Void)] = [
    ("pipeline", "Closures, without names", pipeline),
    ("sequential", "Tasks, one after the other", sequential),
    ("durable-order", "A workflow that survives crashes", durableOrder),
    ("retry", "Retries", retry),
    ("checkout", "Branches that run at the same time", checkout),
    ("branches", "Branches of several steps", branches),
    ("refinement", "A loop", refinement),
    ("context", "What a task knows of its execution", context),
    ("typed", "Models", typed),
    ("support-router", "One of several branches", supportRouter),
    ("metadata", "What a task tells of itself", metadata),
]

let name = CommandLine.arguments.dropFirst().first
let chosen = samples.filter { name == nil || $0.name == name }
guard !chosen.isEmpty else {
    print("usage: tour [NAME], where NAME is one of: \(samples.map(\.name).joined(separator: ", "))")
    exit(2)
}
for sample in chosen {
    print("\(sample.name): \(sample.title)")
    try await sample.run()
    print("")
}
