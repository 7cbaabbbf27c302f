import Sayiir

private struct Ticket: Codable, Sendable {
    var id: Int
    var type: String
}

private enum Department: String, CaseIterable, Sendable {
    case billing, tech, general
}

func supportRouter() async throws {
    let handleBilling = DurableTask("handle_billing") { (ticket: Ticket) in "Billing handled: \(ticket.id)" }
    let handleTech = DurableTask("handle_tech") { (ticket: Ticket) in "Tech resolved: \(ticket.id)" }
    let fallback = DurableTask("fallback") { (ticket: Ticket) in "Routed to general: \(ticket.id)" }

    let workflow = try Flow("support-router", input: Ticket.self)
        .route { ticket -> Department in
            switch ticket.type {
            case "invoice": .billing
            case "outage": .tech
            default: .general
            }
        }
        .branch(.billing, handleBilling)
        .branch(.tech, handleTech)
        .defaultBranch { $0.then(fallback) }
        .done()
        .build()

    for (id, type) in [(1, "invoice"), (2, "outage"), (3, "praise")] {
        let envelope = try await runWorkflow(workflow, Ticket(id: id, type: type))
        print(String(decoding: try JSONCodec().encode(envelope), as: UTF8.self))
    }
}
