import Sayiir
import SayiirTesting
import TestSupport
import Testing

/// An instance goes by its workflow's name and definition (newcomer D1, D11b, D11f; engine D3).
@Suite struct WorkflowIdentityTests {
    private let mail: Workflow<String, String>
    private let sms: Workflow<String, String>

    init() throws {
        mail = try Flow("mail", input: String.self).then("send") { (to: String) in "MAIL to \(to)" }.build()
        sms = try Flow("sms", input: String.self).then("send") { (to: String) in "SMS to \(to)" }.build()
    }

    @Test("Two workflows that one function has built are refused; the same one may be registered again")
    func factory() async throws {
        func workflow(adding number: Int) throws -> Workflow<Int, Int> {
            try Flow("w", input: Int.self).then("a") { (value: Int) in value + number }.build()
        }
        let engine = Engine(backend: InMemoryBackend())
        let first = try workflow(adding: 1)
        try engine.register(first)
        try engine.register(first)
        let error = #expect(throws: WorkflowError.self) { try engine.register(workflow(adding: 2)) }
        #expect("\(try #require(error))".contains("was built twice"))
        try await serving(engine) {
            try await engine.client.submit(first, id: "i", input: 1)
            #expect(try await engine.client.waitForCompletion(of: "i", as: first).output == 2)
        }
    }

    @Test("Two registered workflows with the same definition each run their own instances")
    func registeredBothServe() async throws {
        #expect(mail.definitionHash == sms.definitionHash)
        let engine = try await openEngine()
        try engine.register(mail)
        try engine.register(sms)
        try await serving(engine) {
            try await engine.client.submit(mail, id: "m", input: "eva")
            try await engine.client.submit(sms, id: "s", input: "max")
            #expect(try await engine.client.waitForCompletion(of: "m", as: mail).output == "MAIL to eva")
            #expect(try await engine.client.waitForCompletion(of: "s", as: sms).output == "SMS to max")
        }
    }

    @Test("Workflows that could not be told apart are refused at registration, and both are named")
    func confusableRefused() async throws {
        let engine = try await openEngine()
        let countLine: UInt = #line + 1
        let count = try Flow("same", input: Int.self).then("f") { (number: Int) in number + 1 }.build()
        let other = try Flow("same", input: Int.self).then("f") { (number: Int) in number * 2 }.build()
        let upper = try Flow("same", input: String.self).then("f") { (text: String) in text.uppercased() }.build()
        try engine.register(count)
        // The same one again is no conflict, nor is another version of it.
        try engine.register(count)
        try engine.register(try Flow("same", input: Int.self).then("g") { (number: Int) in number }.build())
        let refused = #expect(throws: WorkflowError.self) { try engine.register(other) }
        let words = text(of: refused)
        // Both places are named.
        #expect(words.contains("WorkflowIdentityTests.swift:\(countLine)"), "\(words)")
        #expect(words.contains("WorkflowIdentityTests.swift:\(countLine + 1)"), "\(words)")
        let error = #expect(throws: WorkflowError.self) { try engine.register(upper) }
        #expect(text(of: error).contains("String to String"))
    }

    @Test("run, resume and typed reads with another workflow throw a mismatch that names both")
    func byHand() async throws {
        let engine = try await openEngine()
        let slowMail = try Flow("mail", input: String.self).delay("wait", .seconds(3600)).build()
        let slowSMS = try Flow("sms", input: String.self).delay("wait", .seconds(3600)).build()
        _ = try await engine.run(slowMail, id: "live", input: "eva")
        _ = try await engine.run(mail, id: "done", input: "eva")
        let client = engine.client
        let calls: [(String, () async throws -> Void)] = [
            ("resume", { _ = try await engine.resume(slowSMS, id: "live") }),
            ("run", { _ = try await engine.run(slowSMS, id: "live", input: "", onConflict: .useExisting) }),
            ("run with resume", { _ = try await engine.run(slowSMS, id: "live", input: "", onConflict: .resume) }),
            ("submit", { _ = try await client.submit(slowSMS, id: "live", input: "", onConflict: .useExisting) }),
            ("status", { _ = try await client.status(of: "live", as: slowSMS) }),
            ("status of an ended one", { _ = try await client.status(of: "done", as: sms) }),
            ("wait", { _ = try await client.waitForCompletion(of: "live", as: slowSMS) }),
            ("wait for an ended one", { _ = try await client.waitForCompletion(of: "done", as: sms) }),
            ("result", { let _: String? = try await client.result(of: Step("send"), in: "done", of: sms) }),
            ("fork", { _ = try await client.fork(slowSMS, from: "live", as: "copy") }),
        ]
        for (name, call) in calls {
            do {
                try await call()
                Issue.record("\(name) does not throw")
            } catch WorkflowError.definitionMismatch(_, let mismatch) {
                #expect("\(mismatch)".contains("'mail'") && "\(mismatch)".contains("'sms'"), "\(name): \(mismatch)")
                #expect("\(mismatch)".contains("only the names differ"), "\(name): \(mismatch)")
            }
        }
        #expect(try await engine.resume(slowMail, id: "live").status.name == "waiting")
    }

    @Test("A mismatch names the first difference of the two definitions", arguments: [false, true])
    func difference(inMemory: Bool) async throws {
        let engine = inMemory ? Engine(backend: InMemoryBackend()) : try await openEngine()
        let old = try Flow("o", input: Int.self).then(adding(1, "a")).then(adding(10, "b")).build()
        let swapped = try Flow("o", input: Int.self).then(adding(10, "b")).then(adding(1, "a")).build()
        let longer = try Flow("o", input: Int.self).then(adding(1, "a")).then(adding(10, "b")).then(adding(1, "c"))
            .build()
        let retried = try Flow("o", input: Int.self).then(adding(1, "a"))
            .then("b", options: TaskOptions(retries: 1)) { (value: Int) in value + 10 }.build()
        _ = try await engine.run(old, id: "i", input: 0)
        for (workflow, words) in [
            (swapped, "has task 'a' where the one given has task 'b'"),
            (longer, "has no further node where the one given has task 'c'"),
            (retried, "task 'b' has no options in the instance's definition and the options 'r:1:1000:2'"),
        ] {
            let error = await #expect(throws: WorkflowError.self) {
                _ = try await engine.client.status(of: "i", as: workflow)
            }
            #expect(text(of: error).contains(words), "\(text(of: error))")
        }
    }

    @Test("A mismatch names ids that look the same and differ in their bytes")
    func lookAlikes() async throws {
        let engine = try await openEngine()
        let composed = try Flow("o", input: Int.self).then(adding(1, "\u{E9}")).build()
        let decomposed = try Flow("o", input: Int.self).then(adding(1, "e\u{301}")).build()
        _ = try await engine.run(composed, id: "i", input: 0)
        let error = await #expect(throws: WorkflowError.self) {
            _ = try await engine.client.status(of: "i", as: decomposed)
        }
        let words = "has task '\u{E9}' where the one given has task 'e\u{301}'"
        #expect(text(of: error).containsExactly(words), "\(text(of: error))")
    }

    @Test("A workflow that was renamed takes its former instances up if it names its former name")
    func renamed() async throws {
        let engine = try await openEngine()
        let old = try Flow("old", input: Int.self).delay("d", .seconds(0)).then(adding(1, "a")).build()
        let new = try Flow("new", input: Int.self).delay("d", .seconds(0)).then(adding(1, "a")).formerly("old").build()
        _ = try await engine.run(old, id: "i", input: 1)
        try engine.register(new)
        try await serving(engine) {
            let status = try await engine.client.waitForCompletion(of: "i", as: new)
            #expect(status.output == 2)
        }
    }
}
