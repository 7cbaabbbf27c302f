import Foundation

/// An order as it stands in the file: one JSON object on a line.
struct Order: Codable, Sendable {
    struct Item: Codable, Sendable {
        var sku: String
        var quantity: Int
        var cents: Int
    }

    var id: String
    var customer: String
    var city: String
    var country: String
    var items: [Item]

    var totalCents: Int { items.reduce(0) { $0 + $1.quantity * $1.cents } }

    /// Reads a file of orders.
    static func read(from path: String) throws -> [Order] {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let decoder = JSONDecoder()
        return try text.split(separator: "\n").map { try decoder.decode(Order.self, from: Data($0.utf8)) }
    }
}
