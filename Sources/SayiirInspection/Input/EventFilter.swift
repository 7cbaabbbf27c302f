internal import SayiirEvents
internal import SayiirLog

/// Which records are wanted. Everything that is not given lets all pass.
package struct EventFilter: Sendable {
    /// The instance whose records are wanted.
    var instance: String?
    /// The types of event that are wanted; empty for all.
    var types: Set<String>
    /// The first and the last sequence that are wanted.
    var sequences: ClosedRange<UInt64>

    /// - Throws: ``InspectionError`` for a type that does not exist, or if `from` is beyond `to`.
    package init(instance: String? = nil, types: [String] = [], from: UInt64? = nil, to: UInt64? = nil) throws {
        for type in types where !Self.isType(type) {
            throw InspectionError(
                "there is no event type '\(safe(type))'. The types are \(Self.typeNames.joined(separator: ", ")).")
        }
        let (first, last) = (from ?? 0, to ?? .max)
        guard first <= last else { throw InspectionError("--from \(first) lies beyond --to \(last). Exchange them.") }
        self.instance = instance
        self.types = Set(types)
        sequences = first...last
    }

    /// Whether the record is wanted. One that cannot be decoded is, whatever its type should have been.
    func accepts(_ entry: LogEntry) -> Bool {
        guard sequences.contains(entry.record.sequence), instance?.isExactly(entry.record.key) ?? true else {
            return false
        }
        if case .unreadable = entry.content { return true }
        return types.isEmpty || types.contains(entry.typeName)
    }

    /// Whether any record of a frame can be wanted.
    func mayAccept(from first: UInt64, count: Int) -> Bool {
        guard count > 0 else { return false }
        let last = first.addingReportingOverflow(UInt64(count - 1))
        return first <= sequences.upperBound && (last.overflow || last.partialValue >= sequences.lowerBound)
    }

    /// The types that this version knows.
    package static var typeNames: [String] { Event.Kind.allCases.map(\.name) + ["definition"] }

    /// Types of newer versions are named by their numbers.
    private static func isType(_ name: String) -> Bool {
        typeNames.contains(name) || name.hasPrefix("unknown_") || name.hasPrefix("record_")
    }
}
