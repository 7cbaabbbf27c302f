// The process that the tests of PostgreSQL kill, stop and cut off. It works until then, or until its standard input ends, which is
// when the test does. What it logs goes to standard error's place, a file.

import ClockSkew
import Foundation
import Logging
import PostgresWork
import Sayiir
import SayiirPostgres

let arguments = CommandLine.arguments
guard arguments.count == 8, let lease = Int(arguments[5]), let poll = Int(arguments[6]), let skew = Int(arguments[7])
else {
    say("usage: postgres-worker URL SCHEMA DIRECTORY NAME LEASE-MILLISECONDS POLL-MILLISECONDS SKEW-SECONDS")
    exit(2)
}
let (url, schema, directory, name) = (arguments[1], arguments[2], arguments[3], arguments[4])
Thread.detachNewThread {
    var byte: UInt8 = 0
    while read(STDIN_FILENO, &byte, 1) > 0 {}
    exit(0)
}
let isSkewed = skew_time_of_day(skew) == 1
say("clock \(isSkewed ? Int(Date().timeIntervalSince1970) : 0)")

let logFile = LogFile("\(directory)/\(name).log")
var options = PostgresOptions()
options.schema = schema
options.leaseDuration = .milliseconds(lease)
options.pollInterval = .milliseconds(poll)
options.statementTimeout = .seconds(5)
options.connectTimeout = .seconds(5)

var engineOptions = EngineOptions()
engineOptions.executor = name
engineOptions.concurrency = 32
engineOptions.logger = Logger(label: name) { _ in logFile }

let flows = try ChaosFlows(Effects(file: "\(directory)/\(name).effects"))
let backend = try await connect(options)
let engine = Engine(backend: backend, options: engineOptions)
for entry in flows.entries.values { try engine.register(entry.workflow) }
try engine.register(try slowWorkflow(Effects(file: "\(directory)/\(name).effects")))
say("ready")
do {
    try await engine.run()
} catch {
    say("failed \(error)")
    exit(1)
}

/// Connects, again and again while the server is away.
func connect(_ options: PostgresOptions) async throws -> PostgresBackend {
    while true {
        do throws(PostgresError) {
            return try await PostgresBackend.connect(to: url, options: options)
        } catch {
            guard error.isPassing else { throw error }
            logFile.write("not connected: \(error)")
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}

/// Writes a line to standard output with one system call.
func say(_ text: String) {
    let line = Array("\(text)\n".utf8)
    if write(STDOUT_FILENO, line, line.count) != line.count { exit(3) }
}
