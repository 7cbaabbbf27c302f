import TestPrograms
import Testing

@Suite struct TourTests {
    /// What each sample prints, in the order of the tour.
    private static let samples: [(name: String, output: String)] = [
        ("pipeline", "pipeline: Closures, without names\n11\n\n"),
        ("sequential", "sequential: Tasks, one after the other\n20\n\n"),
        (
            "durable-order",
            """
            durable-order: A workflow that survives crashes
            Confirmed order 42
            completed: true


            """
        ),
        (
            "retry",
            """
            retry: Retries
            GET https://example.org, attempt 1
            GET https://example.org, attempt 2
            GET https://example.org/details, attempt 1
            GET https://example.org/details, attempt 2
            200 OK


            """
        ),
        (
            "checkout",
            """
            checkout: Branches that run at the same time
            Order complete: payment valid, 3 in stock


            """
        ),
        (
            "branches",
            """
            branches: Branches of several steps
            [3, 1, 2] of team of sales


            """
        ),
        (
            "refinement",
            """
            refinement: A loop
            Published after 3 revisions: rough draft
            Published after 2 revisions: rough draft


            """
        ),
        (
            "context",
            """
            context: What a task knows of its execution
            Running task fetch_data of workflow download
            Instance: download, attempt 1
            Timeout: 30.0 seconds
            Tags: ["io"]
            Workflow metadata: ["team": "data"]
            Idempotency key: download/fetch_data
            contents of https://example.org
            Outside a task there is no context.


            """
        ),
        (
            "typed",
            """
            typed: Models
            ok: Processed $99.99
            refused: amount is missing


            """
        ),
        (
            "support-router",
            """
            support-router: One of several branches
            {"branch":"billing","result":"Billing handled: 1"}
            {"branch":"tech","result":"Tech resolved: 2"}
            {"branch":"general","result":"Routed to general: 3"}


            """
        ),
        (
            "metadata",
            """
            metadata: What a task tells of itself
            process_payment: Process Payment
              Charges the customer's payment method
              timeout 60.0 seconds, retries 3
              tags ["payments", "critical"]
            charged 995 cents


            """
        ),
    ]

    @Test("the tour gives what its samples promise, one after the other")
    func all() throws {
        #expect(try Example("tour").run() == .success(Self.samples.map(\.output).joined()))
    }

    @Test("each sample can be had alone", arguments: samples.map(\.name))
    func one(name: String) throws {
        let expected = Self.samples.first { $0.name == name }?.output ?? ""
        #expect(try Example("tour").run(name) == .success(expected))
    }

    @Test("a sample that there is not is answered with the names of those that there are")
    func unknown() throws {
        let names = Self.samples.map(\.name).joined(separator: ", ")
        #expect(
            try Example("tour").run("nope")
                == .init(status: 2, output: "usage: tour [NAME], where NAME is one of: \(names)\n", errors: ""))
    }
}
