internal import SayiirEvents
internal import SayiirLog

/// Who could run an instance, as far as what is read tells.
enum Attendance {
    /// Whoever has the log open, if somebody has.
    case log(writer: String?)
    /// A case bundle does not tell.
    case bundle
    /// Whoever has the instance's lease, if somebody has.
    case store(Lease)
    /// The log or the store was moved, and is closed.
    case moved(to: String)

    /// What a store says of who is to run an instance.
    struct Lease {
        /// Who has the lease; `nil` if nobody has one that goes on.
        var executor: String?
        /// When the lease ends unless it is renewed.
        var until: Timestamp?
        /// Since when or from when on somebody is to take the instance up; `nil` if nothing is to be done.
        var readyAt: Timestamp?
    }

    /// Whether somebody could.
    var isAttended: Bool {
        switch self {
        case .log(let writer): writer != nil
        case .bundle, .moved: false
        case .store(let lease): lease.executor != nil
        }
    }

    /// Why what was started need not be running.
    var absenceWords: String {
        switch self {
        case .log: "no process has the log open"
        case .bundle: "its end is not in the bundle"
        case .store: "no worker has its lease"
        case .moved: "it was moved, and is closed"
        }
    }
}

extension LogSource {
    /// Who could run an instance.
    func attendance(of instance: String) throws -> Attendance {
        if bundle != nil { return .bundle }
        if let destination = try destination() { return .moved(to: destination) }
        if let lease = try storedLease(of: instance) { return .store(lease) }
        return .log(writer: try reader.writer())
    }
}
