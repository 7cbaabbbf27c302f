// A purchase waits until somebody approves it. Nothing runs while it waits: each of these commands is a process of its own.
//
//     approval request DIRECTORY ID AMOUNT     begins a purchase
//     approval approve DIRECTORY ID NAME       sends a decision; it is kept until the purchase is resumed
//     approval reject DIRECTORY ID NAME
//     approval run DIRECTORY                   resumes all purchases that are under way
//     approval status DIRECTORY ID             tells what became of one

import Foundation
import Sayiir

let usage = "usage: approval request|approve|reject|run|status DIRECTORY [ID] [AMOUNT|NAME]"

func execute(_ arguments: [String], on engine: Engine) async throws {
    let workflow = try approvalWorkflow()
    switch arguments.count {
    case 4 where arguments[0] == "request":
        guard let amount = Int(arguments[3]) else { fail("'\(arguments[3])' is not an amount") }
        let id = InstanceID(arguments[2])
        show(try await engine.run(workflow, id: id, input: Purchase(amount: amount)))
    case 4 where ["approve", "reject"].contains(arguments[0]):
        let id = InstanceID(arguments[2])
        // A signal may be sent to an instance that does not exist yet. Here that would be a slip of the keyboard.
        _ = try await engine.client.status(of: id)
        let decision = Decision(isApproved: arguments[0] == "approve", by: arguments[3])
        try await engine.client.signal(decisionMade, to: id, payload: decision, by: arguments[3])
        print("\(id): decision stored")
    case 3 where arguments[0] == "status":
        show(try await engine.client.status(of: InstanceID(arguments[2]), as: workflow))
    case 2 where arguments[0] == "run":
        let live = try await engine.client.instances().filter { $0.phase == .active }.map(\.id)
        for id in live.sorted(by: { $0.rawValue < $1.rawValue }) {
            show(try await engine.resume(workflow, id: id))
        }
    default:
        fail(usage)
    }
}

func show(_ status: WorkflowStatus<String>) {
    print(status.output.map { "\(status.id): \($0)" } ?? "\(status)")
}

func fail(_ text: String) -> Never {
    FileHandle.standardError.write(Data("approval: \(text)\n".utf8))
    exit(1)
}

let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count > 1 else { fail(usage) }
do {
    // A directory has one writer at a time, so each command opens it, does its work and gives it back.
    let engine = try await Engine(directory: arguments[1])
    try await execute(arguments, on: engine)
    try await engine.close()
} catch {
    fail("\(error)")
}
