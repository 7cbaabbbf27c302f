/// Something that is to go wrong: which calls, on which files, when, and how. A value, so that a test can list,
/// generate, print and repeat them.
///
/// ```swift
/// disk.inject(Fault(.synchronize, .nth(3), .fail(EIO)))
/// disk.inject(Fault(.write, on: .suffix(".segment"), .always, .transfer(atMost: 100)))
/// disk.inject(.anyCall(.nth(17), .fail(EIO)))
/// ```
///
/// Each fault counts the calls that match its operation and its files, from the moment when it is injected. If
/// several strike the same call, the one that was injected first has its way.
public struct Fault: Hashable, Sendable {
    /// The kind of call; `nil` for all kinds, counted together.
    public var operation: FileOperation?
    /// The files or directories concerned.
    public var paths: PathPattern
    /// Which of the matching calls.
    public var moment: Moment
    /// What happens to such a call.
    public var effect: Effect

    /// Describes something that is to go wrong.
    public init(_ operation: FileOperation, on paths: PathPattern = .any, _ moment: Moment, _ effect: Effect) {
        self.operation = operation
        self.paths = paths
        self.moment = moment
        self.effect = effect
    }

    /// Something that is to go wrong with a call of any kind whatever: the n-th of all, for example.
    public static func anyCall(on paths: PathPattern = .any, _ moment: Moment, _ effect: Effect) -> Fault {
        var fault = Fault(.open, on: paths, moment, effect)
        fault.operation = nil
        return fault
    }

    /// Which of the calls that match a fault it strikes. Calls are counted from 1.
    public enum Moment: Hashable, Sendable {
        /// Only this one.
        case nth(Int)
        /// This one and all that follow.
        case from(Int)
        /// Every one.
        case always

        func includes(_ call: Int) -> Bool {
            switch self {
            case .nth(let number): call == number
            case .from(let first): call >= first
            case .always: true
            }
        }
    }

    /// What happens to a call that a fault strikes.
    public enum Effect: Hashable, Sendable {
        /// The call fails with an error number, after transferring at most so many bytes (a write only).
        ///
        /// A `synchronize` that fails does what Linux does: what was unsynced is no longer due to be written, so a
        /// later `synchronize` succeeds without it, while reading still shows it. A crash may or may not keep it.
        case fail(Int32, afterTransferring: Int = 0)
        /// A read or write transfers at most so many bytes and says so. Other calls go through unharmed.
        case transfer(atMost: Int)
        /// A `synchronize` or `synchronizeDirectory` lies: it reports success and makes nothing durable. What was unsynced
        /// stays in the page cache, where reading shows it; a later sync that is honest still writes it. Other calls go
        /// through unharmed.
        case lie
        /// A write is misdirected: it reports success for all of its bytes, but they land so many bytes further on in the
        /// same file (negative: further back), over what stands there. What has no place or no room there lands nowhere: a
        /// distance that leads before the file's start makes it a lost write. Other calls go through unharmed.
        case misdirect(by: Int)
        /// The machine stops here. The call may have reached the disk or not, and it and all later calls fail with
        /// `EIO`. What comes next is ``InMemoryFileSystem/crash(keeping:)`` or
        /// ``InMemoryFileSystem/crash(using:)``.
        case halt
    }
}

/// Which files a fault or a count is about. Paths are compared as they are after removing `.` and doubled slashes.
public enum PathPattern: Hashable, Sendable {
    /// Every file and directory.
    case any
    /// One file or directory.
    case exactly(String)
    /// All whose path ends so.
    case suffix(String)
    /// All whose path contains this.
    case containing(String)

    func matches(_ path: String) -> Bool {
        switch self {
        case .any: true
        case .exactly(let other): path == normalizedPath(other)
        case .suffix(let ending): path.hasSuffix(ending)
        case .containing(let part): path.contains(part)
        }
    }
}
