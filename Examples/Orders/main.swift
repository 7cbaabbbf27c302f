// Sends the orders of a file through five tasks, on a durable log.
//
//     orders process DIRECTORY ORDERS EFFECTS    brings every order to its end; kill it and start it again as you like
//     orders check DIRECTORY ORDERS EFFECTS      holds the log against the effects file; exits with 1 if a promise is broken

import Foundation
import Sayiir

/// Unlike `print`, at once: a killed process loses what it has not said.
func say(_ text: String) { FileHandle.standardOutput.write(Data("\(text)\n".utf8)) }

let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count == 4, ["process", "check"].contains(arguments[0]) else {
    say("usage: orders process|check DIRECTORY ORDERS EFFECTS")
    exit(2)
}
let orders = try Order.read(from: arguments[2])

if arguments[0] == "process" {
    let engine = try await Engine(directory: arguments[1])
    let workflow = try OrderFlow(effects: Effects(path: arguments[3])).workflow
    try await OrderProcess(engine: engine, workflow: workflow, orders: orders).run()
    try await engine.close()
    say("  all orders are done")
} else {
    let effects = try Effects.read(from: arguments[3])
    let report = try Check(directory: arguments[1], effects: effects, orders: orders).run()
    say(
        """
          \(report.orders) orders completed, \(report.tasks) tasks checkpointed, by \(report.calls) calls
          \(report.failedAttempts) attempts failed and were repeated: the bank
          \(report.interruptedAttempts) attempts were interrupted and were repeated: the kills
        """)
    for violation in report.violations { say("  BROKEN: \(violation)") }
    say("  tasks that ran again after their checkpoint: \(report.violations.isEmpty ? "none" : "see above")")
    exit(report.violations.isEmpty ? 0 : 1)
}
