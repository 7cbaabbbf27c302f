/// Who was called, in order. Safe to use from any task.
package final class Calls: Sendable {
    private let names = Atomically<[String]>([])

    /// Nobody was called yet.
    package init() {}

    /// Notes a call.
    package func note(_ name: String) { names.change { $0.append(name) } }
    /// All who were called.
    package var all: [String] { names.value }
    /// How often somebody was called.
    package func count(_ name: String) -> Int { all.count { $0 == name } }
}
