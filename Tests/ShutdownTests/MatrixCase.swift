import ShutdownWork
import Testing

/// A cell of the shutdown matrix on one of the backends.
struct MatrixCase: Hashable, Sendable, CustomTestStringConvertible {
    enum Store: String, CaseIterable, Sendable {
        case memory, log, postgres
    }

    var cell: Cell
    var store: Store

    var testDescription: String {
        "\(cell.mode.rawValue) × \(store.rawValue) × \(cell.stop.rawValue) × \(cell.situation.rawValue)"
    }

    /// All cells. What is in memory does not outlive a SIGKILL, and by hand SIGTERM is what a program makes of it: a cancelled task.
    /// Code that holds a thread of Swift's pool would hold up the other tests of this process.
    static let all: [MatrixCase] = Store.allCases.flatMap { store in
        Cell.Mode.allCases.flatMap { mode in
            Cell.Stop.allCases.flatMap { stop in
                Cell.Situation.allCases.map { MatrixCase(cell: Cell(mode, stop, $0), store: store) }
            }
        }
    }.filter { item in
        guard item.store == .memory else { return true }
        if item.cell.situation == .holdsThread { return false }
        return item.cell.stop == .cancel || (item.cell.stop == .sigterm && item.cell.mode == .service)
    }
}
