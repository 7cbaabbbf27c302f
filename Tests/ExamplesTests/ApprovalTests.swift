import TestPrograms
import Testing

@Suite struct ApprovalTests {
    private let asking = "Please decide about a purchase of 250.\n"
    private let waiting = "p1: awaiting signal 'decision' at 'decision'\n"

    @Test("a purchase waits over processes for its decision", arguments: [true, false])
    func decision(approves: Bool) throws {
        let approval = try Example("approval")
        #expect(try approval.run("request", "purchases", "p1", "250") == .success(asking + waiting))
        #expect(try approval.run("run", "purchases") == .success(waiting))
        #expect(try approval.run("status", "purchases", "p1") == .success(waiting))
        let verb = approves ? "approve" : "reject"
        #expect(try approval.run(verb, "purchases", "p1", "Ada") == .success("p1: decision stored\n"))
        // It takes effect when somebody runs the instance.
        #expect(try approval.run("status", "purchases", "p1") == .success(waiting))
        let result = "p1: \(approves ? "Bought" : "Did not buy") for 250, decided by Ada\n"
        #expect(try approval.run("run", "purchases") == .success(result))
        #expect(try approval.run("status", "purchases", "p1") == .success(result))
        // Nothing is left to run.
        #expect(try approval.run("run", "purchases") == .success(""))
    }

    @Test("a purchase about which nobody decides in time is refused")
    func timeout() async throws {
        let approval = try Example("approval", environment: ["APPROVAL_SECONDS": "3"])
        #expect(try approval.run("request", "purchases", "p1", "250") == .success(asking + waiting))
        try await Task.sleep(for: .seconds(3))
        let result = "p1: Did not buy for 250, decided by nobody in time\n"
        #expect(try approval.run("run", "purchases") == .success(result))
        #expect(try approval.run("status", "purchases", "p1") == .success(result))
    }

    @Test("what cannot be done is told, and changes nothing")
    func errors() throws {
        let approval = try Example("approval")
        let text = "Workflow instance not found: p2. Nothing was submitted under this id in this store."
        #expect(
            try approval.run("approve", "purchases", "p2", "Ada")
                == .init(status: 1, output: "", errors: "approval: \(text)\n"))
        #expect(
            try approval.run("request", "purchases", "p2", "much")
                == .init(status: 1, output: "", errors: "approval: 'much' is not an amount\n"))
        let usage = "approval: usage: approval request|approve|reject|run|status DIRECTORY [ID] [AMOUNT|NAME]\n"
        #expect(try approval.run() == .init(status: 1, output: "", errors: usage))
        #expect(try approval.run("buy", "purchases", "p2") == .init(status: 1, output: "", errors: usage))
        #expect(try approval.run("run", "purchases") == .success(""))
    }
}
