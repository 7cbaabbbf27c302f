/// The names of the simulated disk: what looking shows, what is durable, and the changes between the two. Pure.
struct Namespace: Sendable {
    /// What a name stands for.
    enum Entry: Hashable, Sendable {
        case directory
        case file(Int)
    }

    /// One change of names. Atomic: a crash keeps all of it or nothing. A move or a removal is about what the name stood for
    /// when it was made.
    enum Change: Hashable, Sendable {
        case add(String, Entry)
        case move(Entry, from: String, to: String)
        case remove(Entry, String)

        var paths: [String] {
            switch self {
            case .add(let path, _), .remove(_, let path): [path]
            case .move(_, let source, let target): [source, target]
            }
        }
    }

    private(set) var current: [String: Entry] = [:]
    private(set) var durable: [String: Entry] = [:]
    private(set) var unsynced: [Change] = []

    /// What a normalized path stands for.
    subscript(path: String) -> Entry? { isRoot(path) ? .directory : current[path] }

    /// The names in a directory.
    func names(in directory: String) -> [String] {
        let prefix = directory == "." ? "" : directory == "/" ? "/" : directory + "/"
        return current.keys.compactMap { path in
            guard path.hasPrefix(prefix) else { return nil }
            let name = path.utf8.dropFirst(prefix.utf8.count)
            return name.isEmpty || name.contains(UInt8(ascii: "/")) ? nil : String(Substring(name))
        }
    }

    /// The files that a name stands for, or may stand for after a crash.
    var referencedFiles: Set<Int> {
        var files: Set<Int> = []
        for case .file(let number) in current.values { files.insert(number) }
        for case .file(let number) in durable.values { files.insert(number) }
        for case .add(_, .file(let number)) in unsynced { files.insert(number) }
        return files
    }

    /// Changes what looking shows.
    mutating func apply(_ change: Change) {
        Self.apply(change, to: &current)
        unsynced.append(change)
    }

    /// Adds a name that is durable at once, with the directories above it.
    mutating func addDurably(_ path: String, _ entry: Entry) {
        let parent = parentDirectory(of: path)
        if !isRoot(parent) && durable[parent] == nil { addDurably(parent, .directory) }
        unsynced.removeAll { $0.paths.contains(path) }
        current[path] = entry
        durable[path] = entry
    }

    /// Makes the names in a directory durable: the unsynced changes there, and those before them that concern the same
    /// names.
    mutating func synchronize(directory: String) {
        var concerned: Set<String> = []
        var isSynced = Array(repeating: false, count: unsynced.count)
        for index in unsynced.indices.reversed() {
            let paths = unsynced[index].paths
            guard
                paths.contains(where: { parentDirectory(of: $0) == directory || concerned.contains($0) })
            else { continue }
            isSynced[index] = true
            concerned.formUnion(paths)
        }
        for (change, isSynced) in zip(unsynced, isSynced) where isSynced { Self.apply(change, to: &durable) }
        unsynced = zip(unsynced, isSynced).filter { !$0.1 }.map(\.0)
    }

    /// The names after a crash: the durable ones, and each unsynced change that `keep` says yes to, in order. A change
    /// that builds on one that was lost is lost with it, and so is what lies in a directory that was lost.
    func afterCrash(keeping keep: () -> Bool) -> Namespace {
        var survivor = Namespace()
        survivor.durable = durable
        for change in unsynced where keep() { Self.apply(change, to: &survivor.durable) }
        let found = survivor.durable
        survivor.durable = found.filter { path, _ in
            var parent = parentDirectory(of: path)
            while !isRoot(parent) {
                guard found[parent] == .directory else { return false }
                parent = parentDirectory(of: parent)
            }
            return true
        }
        survivor.current = survivor.durable
        return survivor
    }

    private static func apply(_ change: Change, to names: inout [String: Entry]) {
        switch change {
        case .add(let path, let entry): names[path] = entry
        case .remove(let entry, let path):
            if names[path] == entry { names[path] = nil }
        case .move(let entry, let source, let target):
            guard names[source] == entry else { return }
            names[source] = nil
            names[target] = entry
        }
    }
}
