// Many workers, one PostgreSQL. Start as many as you like, on as many machines; kill them as you like.
//
//     fleet work URL             runs whatever is submitted, until it is interrupted
//     fleet submit URL COUNT     submits thumbnails to make, and waits for all of them

import Foundation
import Logging
import Sayiir
import SayiirPostgres
import ServiceLifecycle
import UnixSignals

let usage = "usage: fleet work URL | fleet submit URL COUNT"

let thumbnail = try Flow("thumbnail", input: Int.self)
    .then("fetch") { (number: Int) in "picture \(number)" }
    .then("shrink") { (picture: String) in
        try await Task.sleep(for: .milliseconds(20))
        return "small \(picture)"
    }
    .then("store") { (picture: String) in "\(picture), stored by \(EngineOptions().executor)" }
    .build()

func work(_ backend: PostgresBackend) async throws {
    let worker = Worker(backend: backend)
    try worker.register(thumbnail)
    // SIGTERM lets what runs come to its end; kill -9 leaves it to the others.
    let group = ServiceGroup(
        services: [worker], gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "fleet"))
    try await group.run()
}

func submit(_ count: Int, to backend: PostgresBackend) async throws {
    let client = WorkflowClient(backend: backend)
    let ids = (0..<count).map { InstanceID("thumbnail-\(UUID().uuidString.prefix(8))-\($0)") }
    for (number, id) in ids.enumerated() { try await client.submit(thumbnail, id: id, input: number) }
    for id in ids { print(try await client.waitForCompletion(of: id, as: thumbnail).requireOutput()) }
}

func fail(_ text: String) -> Never {
    FileHandle.standardError.write(Data("fleet: \(text)\n".utf8))
    exit(1)
}

let arguments = Array(CommandLine.arguments.dropFirst())
do {
    switch (arguments.first, arguments.count) {
    case ("work", 2): try await work(PostgresBackend.connect(to: arguments[1]))
    case ("submit", 3):
        guard let count = Int(arguments[2]) else { fail("'\(arguments[2])' is not a number") }
        try await submit(count, to: PostgresBackend.connect(to: arguments[1]))
    default: fail(usage)
    }
} catch {
    fail("\(error)")
}
