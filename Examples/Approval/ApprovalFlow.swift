import Foundation
import Sayiir

struct Purchase: Codable, Sendable {
    var amount: Int
}

struct Decision: Codable, Sendable {
    var isApproved: Bool
    var by: String
}

/// The answer to a purchase, which the flow waits for and `approval approve` and `approval reject` send.
let decisionMade = Signal("decision", of: Decision.self)

/// How long there is to decide: a minute, or as many seconds as `APPROVAL_SECONDS` says. It is a part of the definition: an
/// instance that was begun with another time-out cannot be resumed.
let seconds = ProcessInfo.processInfo.environment["APPROVAL_SECONDS"].flatMap { Int($0) } ?? 60

/// Somebody wants to buy something, somebody else decides. Who does not decide in time has refused.
///
/// A signal's payload takes the place of the value before it. So the wait has a branch of its own, beside one that keeps the
/// purchase.
func approvalWorkflow() throws -> Workflow<Purchase, String> {
    let ask = DurableTask("ask") { (purchase: Purchase) in
        print("Please decide about a purchase of \(purchase.amount).")
        return purchase
    }
    return try Flow("approval", input: Purchase.self)
        .fork(
            Branch(ask),
            Branch {
                $0.waitForSignal(
                    decisionMade, timeout: .seconds(seconds), orElse: Decision(isApproved: false, by: "nobody in time"))
            }
        )
        .join("order") { (purchase: Purchase, decision: Decision) in
            let verb = decision.isApproved ? "Bought" : "Did not buy"
            return "\(verb) for \(purchase.amount), decided by \(decision.by)"
        }
        .build()
}
