// The process that the tests of shutdowns stop: with SIGTERM, with SIGKILL, or by a line on its standard input. It ends when that does.

import Foundation
import Sayiir
import SayiirPostgres
import ShutdownWork
import UnixSignals

let usage = """
    usage: shutdown-worker start|finish MODE STOP SITUATION CALLS log DIRECTORY
           shutdown-worker start|finish MODE STOP SITUATION CALLS postgres URL SCHEMA
    """

/// Writes a line to standard output with one system call.
func say(_ text: String) {
    let line = Array("\(text)\n".utf8)
    if write(STDOUT_FILENO, line, line.count) != line.count { exit(3) }
}

func connect(_ arguments: ArraySlice<String>, _ stop: Cell.Stop) async throws -> (any Backend)? {
    let words = Array(arguments)
    switch (words.first, words.count) {
    case ("log", 2): return try await LogBackend.open(directory: words[1])
    case ("postgres", 3):
        var options = PostgresOptions()
        options.schema = words[2]
        options.pollInterval = .milliseconds(200)
        options.maximumConnections = 4
        // A process that is asked to stop gives its leases back; only one that is killed leaves them to expire.
        options.leaseDuration = stop == .sigkill ? .seconds(2) : .seconds(600)
        return try await PostgresBackend.connect(to: words[1], options: options)
    default: return nil
    }
}

/// Cancels a task when a line comes, and ends the process when standard input does: the test has ended then.
func obeyStandardInput(_ task: Task<[String], Never>?) {
    Thread.detachNewThread {
        var byte: UInt8 = 0
        while read(STDIN_FILENO, &byte, 1) > 0 { task?.cancel() }
        exit(4)
    }
}

let words = CommandLine.arguments
guard words.count >= 7, let mode = Cell.Mode(rawValue: words[2]), let stop = Cell.Stop(rawValue: words[3]),
    let situation = Cell.Situation(rawValue: words[4]), let backend = try await connect(words[6...], stop)
else {
    say(usage)
    exit(2)
}
let program = try ShutdownProgram(Cell(mode, stop, situation), on: backend, calls: CallFile(words[5]))
if words[1] == "finish" {
    obeyStandardInput(nil)
    for line in try await program.finish() { say(line) }
} else {
    let running = try await program.start()
    obeyStandardInput(running.task)
    // As a command-line tool does; the service group has a handler of its own.
    let signals = mode == .hand ? await UnixSignalsSequence(trapping: .sigterm) : nil
    let handling = Task { if let signals { for await _ in signals { running.task.cancel() } } }
    try await program.waitUntilInPlace()
    say("in place")
    for line in await running.task.value { say(line) }
    handling.cancel()
}
try await (backend as? LogBackend)?.close()
say("closed")
