import Sayiir
import SayiirEvents

/// The workflows of the ``TourLog``.
enum TourFlows {
    struct Order: Codable, Sendable {
        var number: Int
        var items: [String]
    }

    struct Declined: Error, CustomStringConvertible {
        var description: String
    }

    /// A map, a fork with a typed join, a child, a delay.
    static func order(in world: TourWorld) throws -> Workflow<Order, String> {
        let price = DurableTask("price") { (item: String) -> Int in
            world.clock.pass(.milliseconds(15))
            return item == "gold" ? 9000 : item.count * 100
        }
        let charge = DurableTask(
            "charge", retries: RetryPolicy(maxRetries: 2, initialDelay: .seconds(2)), sensitive: true
        ) { (cents: Int) -> String in
            world.clock.pass(.milliseconds(420))
            if cents > 5000 { throw Declined(description: "the card has a limit of 50.00") }
            return "card 4111-1111"
        }
        let pack = DurableTask("pack") { (cents: Int) -> Int in
            try await world.waitForEnd(of: "charge")
            world.clock.pass(.milliseconds(900))
            return cents / 100
        }
        let label = DurableTask("label") { (weight: Int) -> String in
            world.clock.pass(.milliseconds(30))
            return "JD-\(weight)"
        }
        let invoice = try Flow("invoice", input: String.self)
            .then("number") { (parcel: String) -> String in
                world.clock.pass(.milliseconds(5))
                return "2026/\(parcel)"
            }
            .then("send") { (number: String) -> String in
                world.clock.pass(.milliseconds(250))
                return number
            }
            .build()
        return try Flow("order", input: Order.self)
            .metadata(["team": "shop"])
            .then("items") { (order: Order) -> [String] in order.items }
            .map("each", concurrency: 1) { $0.then(price) }
            .then("total") { (prices: [Int]) -> Int in prices.reduce(0, +) }
            .fork(Branch("payment") { $0.then(charge) }, Branch("parcel") { $0.then(pack).then(label) })
            .join("ship") { (_: String, parcel: String) -> String in parcel }
            .thenFlow(invoice)
            .delay("return_period", .seconds(14 * 86_400))
            .then("close") { (number: String) -> String in "closed \(number)" }
            .build()
    }

    /// A route with a default branch, a loop, a fork joined by name, a fork of an array.
    static func ticket(in world: TourWorld) throws -> Workflow<String, Int> {
        let billing = DurableTask("ask_billing") { (text: String) -> String in
            world.clock.pass(.seconds(2))
            return "billing says: \(text)"
        }
        let general = DurableTask("answer") { (text: String) -> String in
            world.clock.pass(.seconds(1))
            return "thank you: \(text)"
        }
        let refine = DurableTask("refine") { (text: String) -> LoopResult<String> in
            world.clock.pass(.milliseconds(100))
            return text.count > 30 ? .done(text) : .again(text + "!!!!")
        }
        let first = DurableTask("spelling") { (text: String) -> Int in text.count }
        let second = DurableTask("tone") { (text: String) -> String in
            try await world.waitForEnd(of: "spelling")
            return "friendly"
        }
        let numbered = (1...3).map { number in
            Branch("copy_\(number)") { (flow: Flow<Int>) in
                flow.then("send_\(number)") { (length: Int) -> Int in
                    if number > 1 { try await world.waitForEnd(of: "send_\(number - 1)") }
                    return length + number
                }
            }
        }
        let answered = Flow("ticket", input: String.self)
            .route(keys: ["billing"], as: "desk") { (text: String) -> String in
                text.contains("invoice") ? "billing" : "none"
            }
            .branch("billing", billing)
            .defaultBranch { $0.then(general) }
            .done()
            .then("text") { (envelope: BranchEnvelope<String>) -> String in envelope.result }
        let checked = answered.loop(refine, as: "until_long", maxIterations: 2, onMax: .exitWithLast)
            .fork(Branch(first), Branch(second))
            .join(byName: "verdict") { results -> Int in try results["spelling", as: Int.self] }
        return try checked.fork(numbered).join("sent") { (lengths: [Int]) -> Int in lengths.reduce(0, +) }.build()
    }

    /// A signal with a time-out and a fallback.
    static func approval(in world: TourWorld) throws -> Workflow<Int, String> {
        try Flow("approval", input: Int.self)
            .then("ask") { (amount: Int) -> Int in
                world.clock.pass(.seconds(1))
                return amount
            }
            .waitForSignal("decision", as: "wait_for_decision", timeout: .seconds(3600), orElse: false)
            .then("tell") { (isApproved: Bool) -> String in isApproved ? "bought" : "not bought" }
            .build()
    }

    /// A task that must not run twice.
    static func payout(in world: TourWorld) throws -> Workflow<Int, String> {
        let transfer = DurableTask("transfer", execution: .atMostOnce) { (amount: Int) -> String in
            if world.hangs { try await world.clock.hang() }
            return "T-\(amount)"
        }
        return try Flow("payout", input: Int.self).then(transfer)
            .then("book") { (transfer: String) -> String in "booked \(transfer)" }.build()
    }

    /// A task with a time limit and retries.
    static func importing(in world: TourWorld) throws -> Workflow<String, Int> {
        let fetch = DurableTask(
            "fetch", timeout: TourClock.limit, retries: RetryPolicy(maxRetries: 3, initialDelay: .seconds(5)),
            tags: ["io"]
        ) { (url: String) -> Int in
            if url.hasSuffix("slow"), TaskContext.current?.attempt == 1 { try await world.clock.passLimit() }
            if url.hasSuffix("down") { throw Declined(description: "no answer\nfrom \(url)") }
            if world.hangs { try await world.clock.hang() }
            world.clock.pass(.milliseconds(700))
            return url.count
        }
        return try Flow("import", input: String.self).then(fetch).build()
    }
}
